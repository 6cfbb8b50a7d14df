/** `demand sweep --stage`: the requests to AWS, and what is printed. */
import { CREDENTIALS, useScriptedApi } from '../../adapters/aws/scripted-api';
import { useFolder } from '../../transfer/folders';
import { DemandProcess, jsonLines } from '../demand-process';

const api = useScriptedApi();
const folder = useFolder();
const MACHINE = 'arn:aws:states:us-west-2:111122223333:stateMachine:prod-demand-sweep';
const MACHINES = { stateMachines: [{ name: 'prod-demand-sweep', stateMachineArn: MACHINE }] };
const REPORT = { dry_run: true, removed: { count: 2, bytes: 1_024 }, parts: [], failed_parts: [] };

const demand = (...args: string[]) =>
  new DemandProcess(folder.path, [], ['sweep', ...args, '--endpoint-url', api.endpoint], {
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: 'us-west-2',
  }).ended;

test('the machine of the stage is started, followed to its end, and its report is printed', async () => {
  api.answers = [
    MACHINES,
    { executionArn: 'x', startDate: 1 },
    { status: 'RUNNING' },
    { status: 'SUCCEEDED', output: JSON.stringify(REPORT) },
  ];
  const { exitCode, stdout, stderr } = await demand('--stage', 'prod', '--dry-run');
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'a sweep would remove 2 items, 1.0 KiB\n' });
  expect(stderr).toContain(':execution:prod-demand-sweep:by-hand-');
  expect(api.requests[1]).toMatchObject({ stateMachineArn: MACHINE, input: '{"dry_run":true}' });
});

test('without --dry-run the configuration of the stage decides', async () => {
  api.answers = [
    MACHINES,
    { executionArn: 'x', startDate: 1 },
    { status: 'SUCCEEDED', output: JSON.stringify(REPORT) },
  ];
  const ended = await demand('--stage', 'prod', '--json');
  expect(jsonLines(ended)).toMatchObject([{ type: 'sweeping' }, { type: 'swept', removed: { count: 2 } }]);
  expect(api.requests[1]).toMatchObject({ input: '{}' });
});

test('a sweep that failed in a part fails, with the cause', async () => {
  api.answers = [
    MACHINES,
    { executionArn: 'x', startDate: 1 },
    { status: 'FAILED', error: 'SweepIncomplete', cause: 'tmp of fs-1: UnsafePath: a link' },
  ];
  const { exitCode, stderr } = await demand('--stage', 'prod');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('SweepIncomplete: tmp of fs-1: UnsafePath: a link');
});

test('a stage without a sweeper is named', async () => {
  api.answers = [{ stateMachines: [] }];
  const { exitCode, stderr } = await demand('--stage', 'prod');
  expect(exitCode).toBe(3);
  expect(stderr).toContain('prod-demand-sweep');
});
