/** The packaged template, deployed and run through AWS's wire API: moto, with our gateway before it. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { LOCAL_CREDENTIALS } from '../../local/api/local-api';
import { pythonEnvironment } from '../../local/api/python-environment';
import { COPY, demand, ENDS } from './scenarios';
import { contentsOf, ended, historyOf, openTier, start, type Tier } from './tier';

// Fifty demands at once take moto's interpreter a minute, on two cores that others use as well.
jest.setTimeout(240_000);

let tier: Tier;
beforeAll(async () => {
  tier = await openTier();
  await tier.s3.send(new PutObjectCommand({ Bucket: 'scenarios', Key: 'in', Body: 'data\n' }));
}, 120_000);
afterAll(() => tier.stop());

const penguins = (id: string) => ({
  ...JSON.parse(readFileSync('examples/penguins/demand.json', 'utf8')),
  execution_id: id,
});

const scratchOf = () =>
  readdirSync(tier.fileSystems).flatMap((id) => {
    const scratch = join(tier.fileSystems, id, 'scratch');
    return existsSync(scratch) ? readdirSync(scratch) : [];
  });

test('three inputs and two outputs, started by the SDK', async () => {
  const arn = await start(tier, penguins('by-sdk'));
  expect(await ended(tier, arn)).toMatchObject(ENDS.success);
  const expected = 'examples/penguins/expected/demand-examples-results/penguins';
  const stored = await contentsOf(tier, 'demand-examples-results', 'penguins/');
  for (const key of ['body_mass_g-2007-2009.csv', 'by-species/adelie.csv'])
    expect(stored[`penguins/${key}`]).toBe(readFileSync(join(expected, key), 'utf8'));
  expect(Object.keys(stored)).toHaveLength(4);
  const events = await historyOf(tier, arn);
  const counted = {
    stateTransitions: events.filter(({ type }) => type?.endsWith('StateEntered')).length,
    lambdaInvocations: scheduled(events, 'lambda'),
    nestedExecutions: scheduled(events, 'states'),
    batchJobs: scheduled(events, 'batch'),
  };
  console.log(`3 inputs, 2 outputs: ${JSON.stringify(counted)}`);
  expect(counted).toEqual({ stateTransitions: 25, lambdaInvocations: 10, nestedExecutions: 0, batchJobs: 1 });
  expect(scratchOf()).not.toContain('by-sdk');
});

test('started by the aws command line', async () => {
  const python = await pythonEnvironment('bench/transfer/requirements.txt', '.cache/python');
  const aws = async (...args: string[]) => {
    const env = { ...process.env, AWS_ENDPOINT_URL: tier.endpoint, AWS_DEFAULT_REGION: tier.region };
    const { stdout } = await promisify(execFile)(python, ['-m', 'awscli', 'stepfunctions', ...args], { env });
    return JSON.parse(stdout);
  };
  const { executionArn } = await aws(
    ...['start-execution', '--state-machine-arn', tier.stateMachineArn, '--name', 'by-command'],
    ...['--input', JSON.stringify(demand('by-command', COPY))],
  );
  expect(await ended(tier, executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await contentsOf(tier, 'scenarios', 'by-command/')).toEqual({ 'by-command/out': 'data\n' });
  expect(await aws('describe-execution', '--execution-arn', executionArn)).toMatchObject({
    status: 'SUCCEEDED',
  });
});

test('asked for by an event, twice: it runs once', async () => {
  const { endpoint, region } = tier;
  const events = new EventBridgeClient({ endpoint, region, credentials: LOCAL_CREDENTIALS });
  const put = (body: object) =>
    events.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: 'local-demand',
            Source: 'demand-executions.requests',
            DetailType: 'DemandExecution',
            Detail: JSON.stringify(body),
          },
        ],
      }),
    );
  await put(demand('by-event', COPY));
  await put(demand('by-event', COPY));
  const arn = `${tier.stateMachineArn.replace(':stateMachine:', ':execution:')}:by-event`;
  await eventually(async () => (await namesOf()).includes('by-event'));
  // Only now: EventBridge does not keep the order of events.
  await put(demand('by-event', ['true']));
  expect(await ended(tier, arn)).toMatchObject({ status: 'SUCCEEDED' });
  await setTimeout(1000);
  expect((await namesOf()).filter((name) => name.startsWith('by-event'))).toEqual(['by-event']);
  expect(await contentsOf(tier, 'scenarios', 'by-event/')).toEqual({ 'by-event/out': 'data\n' });
});

test('a job that fails is cleaned up after, and its exit code told', async () => {
  const described = await ended(tier, await start(tier, demand('fails', ['exit', '3'])));
  expect(described).toMatchObject(ENDS.jobFails);
  expect(JSON.parse(described.cause ?? '')).toMatchObject({ Status: 'FAILED', Container: { ExitCode: 3 } });
  expect(scratchOf()).not.toContain('fails');
});

test('an input that is not there is refused before anything is made', async () => {
  const missing = demand('missing', COPY, 's3://scenarios/none');
  const described = await ended(tier, await start(tier, missing));
  expect(described).toMatchObject(ENDS.inputMissing);
  expect(described.cause).toContain('s3://scenarios/none');
  expect(scratchOf()).not.toContain('missing');
});

test('one that is stopped takes its job along, and what it has left is removed', async () => {
  const arn = await start(tier, demand('stopped', ['echo', '$$', '>', 'pid;', 'sleep', '600']));
  await eventually(async () => scratchOf().includes('stopped') && pidOf('stopped') !== undefined);
  const pid = pidOf('stopped') as number;
  await tier.sfn.send(new StopExecutionCommand({ executionArn: arn, cause: 'not wanted' }));
  expect(await ended(tier, arn)).toMatchObject(ENDS.cancelled);
  await eventually(async () => !isAlive(pid));
  await eventually(async () => !scratchOf().includes('stopped'));
});

test('fifty at once succeed, each in a directory of its own', async () => {
  const ids = Array.from({ length: 50 }, (_, index) => `many-${index}`);
  const arns = await Promise.all(ids.map((id) => start(tier, demand(id, ['pwd', '>', '${OUT}']))));
  const statuses = await Promise.all(arns.map(async (arn) => (await ended(tier, arn)).status));
  expect(statuses).toEqual(ids.map(() => 'SUCCEEDED'));
  const stored = await contentsOf(tier, 'scenarios', 'many-');
  expect(new Set(Object.values(stored)).size).toBe(50);
});

function scheduled(events: Awaited<ReturnType<typeof historyOf>>, service: string): number {
  return events.filter(({ taskScheduledEventDetails }) => taskScheduledEventDetails?.resourceType === service)
    .length;
}

async function namesOf(): Promise<string[]> {
  const { executions = [] } = await tier.sfn.send(
    new ListExecutionsCommand({ stateMachineArn: tier.stateMachineArn, maxResults: 1000 }),
  );
  return executions.map(({ name = '' }) => name);
}

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await isSo()) return;
    await setTimeout(100);
  }
  throw new Error('it has not come to that within a minute');
}

function pidOf(id: string): number | undefined {
  for (const fileSystem of readdirSync(tier.fileSystems)) {
    const file = join(tier.fileSystems, fileSystem, 'scratch', id, 'pid');
    if (existsSync(file)) return Number(readFileSync(file, 'utf8').trim()) || undefined;
  }
  return undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
