/** A state machine's file has placeholders, which packaging (numbers) and CloudFormation (ARNs) fill in. */
import { parse } from 'yaml';
import type { StagingConcurrency } from '../../src/machines/concurrency';

/** As `custom.stack.staging` of `serverless.yml`, so that packaging puts a number there and no text. */
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
