import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names that AWS's integrations report: Step Functions guide, "Handling errors", and Lambda's and Batch's API errors. */
const AWS_NAMES = new Set([
  'States.ALL',
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
]);

const folder = join(__dirname, '../../statemachines');
const ours = new Set(
  [...readFileSync(join(__dirname, '../../src/errors.ts'), 'utf8').matchAll(/readonly name = '(\w+)'/g)].map(
    ([, name]) => name ?? '',
  ),
);

test.each(readdirSync(folder))('every error that %s matches on has that name somewhere', (file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  const inline = [...text.matchAll(/ErrorEquals: \[(.+)\]/g)].flatMap(([, names = '']) =>
    names.split(/,\s*/),
  );
  const listed = [...text.matchAll(/ErrorEquals:\n((?:\s+- [\w.]+\n)+)/g)].flatMap(([, names = '']) =>
    [...names.matchAll(/- ([\w.]+)/g)].map(([, name = '']) => name),
  );
  const names = [...inline, ...listed];
  expect(names).not.toHaveLength(0);
  expect(names.filter((name) => !AWS_NAMES.has(name) && !ours.has(name))).toEqual([]);
});
