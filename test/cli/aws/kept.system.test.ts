/** `demand list --kept --stage` and `demand resume --stage`: the requests to AWS, and what is printed. */
import { CREDENTIALS, useScriptedApi } from '../../adapters/aws/scripted-api';
import { demandOf } from '../../demand/arbitraries';
import { useFolder } from '../../transfer/folders';
import { DemandProcess, jsonLines } from '../demand-process';

const api = useScriptedApi();
const folder = useFolder();
const arnOf = (kind: string, name: string) => `arn:aws:states:us-west-2:111122223333:${kind}:${name}`;
const MACHINE = arnOf('stateMachine', 'prod-demand-execution');
const MACHINES = { stateMachines: [{ name: 'prod-demand-execution', stateMachineArn: MACHINE }] };
const execution = (name: string) => arnOf('execution', `prod-demand-execution:${name}`);
const KEPT = {
  directory: 'fs-1:/scratch/run-1',
  execution: execution('run-1'),
  since: '2026-01-02T03:04:05.000Z',
  reason: 'outputs are not stored: AccessDenied',
  outputs: ['out'],
};
const STARTED = { executionArn: 'x', startDate: 1 };
const reportOf = (...parts: object[]) => ({
  status: 'SUCCEEDED',
  output: JSON.stringify({ dry_run: true, removed: { count: 0, bytes: 0 }, parts, failed_parts: [] }),
});

const demand = (...args: string[]) =>
  new DemandProcess(folder.path, [], [...args, '--stage', 'prod', '--endpoint-url', api.endpoint], {
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: 'us-west-2',
  }).ended;

describe('the list', () => {
  test('comes from a sweep of the records alone, which removes nothing', async () => {
    api.answers = [
      MACHINES,
      STARTED,
      reportOf({ part: 'records', kept: [KEPT], kept_count: 3 }, { part: 'uploads' }),
    ];
    const { exitCode, stdout, stderr } = await demand('list', '--kept');
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      `fs-1:/scratch/run-1\n  since ${KEPT.since}: ${KEPT.reason}\n  kept by ${KEPT.execution}\n  out\n`,
    );
    expect(stderr).toContain('and 2 younger directories');
    expect(api.requests[1]).toMatchObject({
      stateMachineArn: arnOf('stateMachine', 'prod-demand-sweep'),
      input: '{"dry_run":true,"volumes":[]}',
    });
  });

  test('has one JSON document for each directory', async () => {
    api.answers = [MACHINES, STARTED, reportOf({ part: 'records', kept: [KEPT], kept_count: 1 })];
    expect(jsonLines(await demand('list', '--kept', '--json'))).toEqual([{ type: 'kept', ...KEPT }]);
  });

  test('fails with the sweep', async () => {
    api.answers = [MACHINES, STARTED, { status: 'FAILED', error: 'SweepIncomplete', cause: 'no mount' }];
    expect(await demand('list', '--kept')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('SweepIncomplete: no mount'),
    });
  });
});

describe('a resumption', () => {
  const document = demandOf();
  const described = (name: string, more: object = {}) => ({
    executionArn: execution(name),
    name,
    status: 'FAILED',
    input: JSON.stringify({ ...document, ...more }),
  });

  test('is the next attempt of the demand, and names the execution that kept the directory', async () => {
    api.answers = [MACHINES, described('run-1'), STARTED];
    const { exitCode, stdout } = await demand('resume', 'run-1');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('the outputs of run-1 are stored by run-1--2');
    const { input, ...request } = api.requests[2] as Record<string, string>;
    expect(request).toEqual({ stateMachineArn: MACHINE, name: 'run-1--2' });
    expect(JSON.parse(input ?? '')).toEqual({ ...document, resumes: execution('run-1') });
  });

  test('of a resumption that failed resumes that one', async () => {
    api.answers = [MACHINES, described('run-1--2', { resumes: execution('run-1') }), STARTED];
    const ended = await demand('resume', 'run-1--2', '--json');
    expect(jsonLines(ended)).toMatchObject([
      { type: 'resuming', name: 'run-1--3', resumes: execution('run-1--2') },
    ]);
    expect(JSON.parse((api.requests[2] as Record<string, string>).input ?? '')).toMatchObject({
      resumes: execution('run-1--2'),
    });
  });

  test('of a running execution is refused', async () => {
    api.answers = [MACHINES, { ...described('run-1'), status: 'RUNNING' }];
    expect(await demand('resume', 'run-1')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('run-1 is running'),
    });
  });
});
