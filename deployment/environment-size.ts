/** Checks that the environment of each function is within the limit of Lambda. A deployment would fail half-way. */
import { FUNCTION_ENVIRONMENT_BYTES } from '../src/aws-limits';
import { bytesOf, type Template } from './template-size';

/** @throws Error with each function whose variables need more bytes than Lambda accepts */
export function refuseLargeEnvironments(template: Template): void {
  const mistakes = Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    const bytes = Type === 'AWS::Lambda::Function' ? bytesOfEnvironment(Properties, template) : 0;
    return bytes > FUNCTION_ENVIRONMENT_BYTES ? [`${id} (${bytes} bytes)`] : [];
  });
  if (mistakes.length > 0)
    throw new Error(
      `The environment variables of a function have at most ${FUNCTION_ENVIRONMENT_BYTES} bytes, and these need more: ${mistakes.join(', ')}. Shorten the lists in the configuration of the stage`,
    );
}

function bytesOfEnvironment(properties: unknown, template: Template): number {
  const { Environment } = (properties ?? {}) as { Environment?: { Variables?: Record<string, unknown> } };
  return Object.entries(Environment?.Variables ?? {}).reduce(
    (sum, [name, value]) => sum + name.length + bytesOf(value, template),
    0,
  );
}
