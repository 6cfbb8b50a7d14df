/** Fills in the placeholders of a state machine's file, as packaging (numbers) and CloudFormation (ARNs) do. */
import { parse } from 'yaml';
import type { StagingConcurrency } from '../../src/machines/concurrency';

/** Matches `custom.stack.staging` of `serverless.yml`. Packaging replaces it by a number, not by a string. */
const NUMBER = /\$\{self:custom\.stack\.staging\.(\w+)\}/g;
const ARN = /\$\{(\w+?)(Function|StateMachine)Arns?\}/g;

/**
 * Reads a state machine's file.
 *
 * @param arnOf gets `DataSync` and `Function` for `${DataSyncFunctionArns}`; it returns one ARN for each function
 */
export function fillIn(
  text: string,
  arnOf: (name: string, kind: string) => string,
  staging: StagingConcurrency,
) {
  const filled = text
    .replaceAll(NUMBER, (_, name: keyof StagingConcurrency) => String(staging[name]))
    .replaceAll(ARN, (_, name, kind) => arnOf(name, kind));
  return parse(filled, { merge: true });
}
