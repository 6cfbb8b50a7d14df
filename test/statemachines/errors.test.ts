import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/**
 * Names that AWS's integrations report: Step Functions guide, "Handling errors in Step Functions workflows" and
 * "Handle Lambda service exceptions"; `Sandbox.Timedout` for a function that ran out of time. A function that ran
 * out of memory has the type of error in Lambda's answer (`Runtime.ExitError`, "signal: killed"), or `Lambda.Unknown` when the
 * answer has no type. Batch's API errors, which the .sync integration gives as `Batch.AWSBatchException`.
 */
const AWS_NAMES = new Set([
  'States.ALL',
  'States.TaskFailed',
  'States.Timeout',
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'Sandbox.Timedout',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.EC2ThrottledException',
  'Lambda.ENILimitReachedException',
  'Lambda.EFSIOException',
  'Lambda.EFSMountConnectivityException',
  'Lambda.EFSMountFailureException',
  'Lambda.EFSMountTimeoutException',
  'Lambda.ResourceNotReadyException',
  'StepFunctions.ServiceUnavailableException',
  'StepFunctions.ThrottlingException',
  'Batch.TooManyRequestsException',
  'Batch.AWSBatchException',
]);

const folder = join(__dirname, '../../statemachines');
const ours = new Set(
  [...readFileSync(join(__dirname, '../../src/errors.ts'), 'utf8').matchAll(/readonly name = '(\w+)'/g)].map(
    ([, name]) => name ?? '',
  ),
);

/** Returns every `ErrorEquals` of a document, at any depth. */
function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, item]) =>
    field === 'ErrorEquals' ? (item as string[]) : namesIn(item),
  );
}

test.each(readdirSync(folder))('every error name in %s exists in the code or in AWS', (file) => {
  const names = namesIn(parse(readFileSync(join(folder, file), 'utf8'), { merge: true }));
  expect(names).not.toHaveLength(0);
  expect(names.filter((name) => !AWS_NAMES.has(name) && !ours.has(name))).toEqual([]);
});
