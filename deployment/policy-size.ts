/** Checks that the policies of each role are within the limit of IAM. A deployment would fail half-way. */
import { ROLE_POLICY_CHARACTERS } from '../src/aws-limits';
import { bytesOf, type Template } from './template-size';

/** @throws Error with each role whose inline policies need more characters than IAM accepts */
export function refuseLargePolicies(template: Template): void {
  const mistakes = Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    const characters = Type === 'AWS::IAM::Role' ? charactersOfPolicies(Properties, template) : 0;
    return characters > ROLE_POLICY_CHARACTERS ? [`${id} (${characters} characters)`] : [];
  });
  if (mistakes.length > 0)
    throw new Error(
      `The policies of a role have at most ${ROLE_POLICY_CHARACTERS} characters, and these need more: ${mistakes.join(', ')}. Shorten the lists in the configuration of the stage, for example with one folder for several places`,
    );
}

function charactersOfPolicies(properties: unknown, template: Template): number {
  const { Policies = [] } = (properties ?? {}) as { Policies?: readonly { PolicyDocument: unknown }[] };
  return Policies.reduce((sum, { PolicyDocument }) => sum + charactersOf(PolicyDocument, template), 0);
}

/** Returns the characters of the JSON text without white space, as IAM counts them. */
function charactersOf(value: unknown, template: Template): number {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value).length;
  if (Array.isArray(value)) return listed(value.map((each) => charactersOf(each, template)));
  const fields = Object.entries(value);
  if (fields.some(([name]) => name === 'Ref' || name.startsWith('Fn::'))) return bytesOf(value, template) + 2;
  return listed(fields.map(([name, each]) => name.length + 3 + charactersOf(each, template)));
}

/** Brackets, and commas between the items. */
function listed(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + length, 2 + Math.max(0, lengths.length - 1));
}
