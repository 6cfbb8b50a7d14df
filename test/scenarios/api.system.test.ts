/** The deployed service, through AWS's wire API alone. `SCENARIOS_ON` names the place: docs/scenarios.md. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { pythonEnvironment } from '../../local/api/python-environment';
import { claimScenarios } from './claim-scenarios';
import { deadEventScenarios, eventScenarios, hostileEventScenarios } from './event-scenarios';
import { contentsOf, ended, eventually, historyOf, jobStatusOf, start } from './executions';
import { functionLogScenarios } from './function-log-scenarios';
import { hostScenarios } from './host-scenarios';
import { keptScenarios } from './kept-scenarios';
import { largeDemandScenarios } from './large-demand-scenarios';
import { notificationScenarios } from './notification-scenarios';
import { retryScenarios } from './retry-scenarios';
import { ruleScenarios } from './rule-scenarios';
import { attacks, COPY, demand, ENDS, uriOf } from './scenarios';
import { sweepScenarios } from './sweep-scenarios';
import { ARE_MADE_HERE, openTier, PATIENCE_MS, type Tier } from './tier';
import { hasWorkingDirectory, processOf } from './working-directories';

jest.setTimeout(PATIENCE_MS);

let tier: Tier;
beforeAll(async () => {
  tier = await openTier();
});
// The tier is undefined when it has failed to open.
afterAll(() => tier?.stop());

const named = (name: string) => `${tier.runId}-${name}`;

/** Returns the example's demand, with its buckets as folders of the scenarios' data. */
const penguins = (id: string) => ({
  ...JSON.parse(readFileSync('examples/penguins/demand.json', 'utf8').replaceAll('s3://', uriOf(tier, ''))),
  execution_id: id,
  execution_platform: { aws_batch: { job_queue_name: tier.jobQueueName } },
});

test('a demand with three inputs and two outputs, which the SDK starts, stores its results', async () => {
  const arn = await start(tier, penguins(named('by-sdk')));
  expect(await ended(tier, arn)).toMatchObject(ENDS.success);
  const expected = 'examples/penguins/expected/demand-examples-results/penguins';
  const stored = await contentsOf(tier, 'demand-examples-results/');
  for (const key of ['body_mass_g-2007-2009.csv', 'by-species/adelie.csv'])
    expect(stored[`demand-examples-results/penguins/${key}`]).toBe(readFileSync(join(expected, key), 'utf8'));
  expect(Object.keys(stored)).toHaveLength(4);
  const events = await historyOf(tier, arn);
  const counted = {
    stateTransitions: events.filter(({ type }) => type?.endsWith('StateEntered')).length,
    lambdaInvocations: scheduled(events, 'lambda'),
    nestedExecutions: scheduled(events, 'states'),
    batchJobs: scheduled(events, 'batch'),
  };
  console.log(`3 inputs, 2 outputs: ${JSON.stringify(counted)}`);
  expect(counted).toEqual({ stateTransitions: 30, lambdaInvocations: 12, nestedExecutions: 0, batchJobs: 1 });
  expect(await hasWorkingDirectory(tier, named('by-sdk'))).toBe(false);
});

test('a demand that the aws command line starts stores its results', async () => {
  const python = await pythonEnvironment('bench/transfer/requirements.txt', '.cache/python');
  const aws = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(python, ['-m', 'awscli', 'stepfunctions', ...args], {
      env: tier.environment,
    });
    return JSON.parse(stdout);
  };
  const id = named('by-command');
  const { executionArn } = await aws(
    ...['start-execution', '--state-machine-arn', tier.stateMachineArn, '--name', id],
    ...['--input', JSON.stringify(demand(tier, id, COPY))],
  );
  expect(await ended(tier, executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await contentsOf(tier, `${id}/`)).toEqual({ [`${id}/out`]: 'data\n' });
  expect(await aws('describe-execution', '--execution-arn', executionArn)).toMatchObject({
    status: 'SUCCEEDED',
  });
});

test('a demand that two equal events request runs once', async () => {
  const id = named('by-event');
  const events = new EventBridgeClient(tier.settings);
  const put = (body: object) =>
    events.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: tier.eventBusName,
            Source: 'demand-executions.requests',
            DetailType: 'DemandExecution',
            Detail: JSON.stringify(body),
          },
        ],
      }),
    );
  await put(demand(tier, id, COPY));
  await put(demand(tier, id, COPY));
  const arn = `${tier.stateMachineArn.replace(':stateMachine:', ':execution:')}:${id}`;
  await eventually(tier, async () => (await namesOf()).includes(id));
  // The second event comes after the start: EventBridge does not keep the order of events.
  await put(demand(tier, id, ['true']));
  expect(await ended(tier, arn)).toMatchObject({ status: 'SUCCEEDED' });
  await setTimeout(Math.max(1_000, tier.pollMs));
  expect((await namesOf()).filter((name) => name.startsWith(id))).toEqual([id]);
  expect(await contentsOf(tier, `${id}/`)).toEqual({ [`${id}/out`]: 'data\n' });
});

test('a failed program of a pipe fails the job: it is cleaned up, and its exit code is reported', async () => {
  const id = named('fails');
  const described = await ended(
    tier,
    await start(tier, demand(tier, id, ['(exit 3)', '|', 'cat', '>', '${OUT}'])),
  );
  expect(described).toMatchObject(ENDS.jobFails);
  expect(JSON.parse(described.cause ?? '')).toMatchObject({ Status: 'FAILED', Container: { ExitCode: 3 } });
  expect(await hasWorkingDirectory(tier, id)).toBe(false);
});

test('a missing input is refused before anything is made', async () => {
  const missing = demand(tier, named('missing'), COPY, uriOf(tier, 'none'));
  const described = await ended(tier, await start(tier, missing));
  expect(described).toMatchObject(ENDS.inputMissing);
  expect(described.cause).toContain(uriOf(tier, 'none'));
  expect(await hasWorkingDirectory(tier, named('missing'))).toBe(false);
});

test('demands for data that no demand may touch are refused, before anything is made', async () => {
  const { fileSystems, fileSystemId } = tier;
  // Jobs that are processes of this machine have its folders.
  const shared = fileSystems === undefined ? '/opt/efs/shared' : join(fileSystems, fileSystemId, 'shared');
  const requests = attacks(tier, named('attack'), shared);
  const arns = await Promise.all(requests.map(({ request }) => start(tier, request)));
  for (const [index, { request, told }] of requests.entries()) {
    const arn = arns[index] ?? '';
    const described = await ended(tier, arn);
    expect(described).toMatchObject(ENDS.inputMissing);
    expect(described.cause).toContain(told);
    expect(scheduled(await historyOf(tier, arn), 'lambda')).toBe(1);
    expect(await hasWorkingDirectory(tier, request.demand_execution.execution_id)).toBe(false);
  }
});

test('a stopped execution stops its job, and its leftovers are removed', async () => {
  const id = named('stopped');
  const arn = await start(tier, demand(tier, id, ['echo', '$$', '>', 'pid;', 'sleep', '600']));
  await eventually(tier, async () => (await jobStatusOf(tier, arn)) === 'RUNNING');
  const isLocal = tier.fileSystems !== undefined;
  if (isLocal) await eventually(tier, async () => processOf(tier, id) !== undefined);
  const pid = processOf(tier, id);
  expect(await hasWorkingDirectory(tier, id)).toBe(true);
  await tier.sfn.send(new StopExecutionCommand({ executionArn: arn, cause: 'not wanted' }));
  expect(await ended(tier, arn)).toMatchObject(ENDS.cancelled);
  await eventually(tier, async () => (await jobStatusOf(tier, arn)) === 'FAILED');
  if (isLocal) await eventually(tier, async () => !isAlive(pid as number));
  await eventually(tier, async () => !(await hasWorkingDirectory(tier, id)));
});

test('fifty concurrent demands succeed, each in its own directory', async () => {
  const ids = Array.from({ length: 50 }, (_, index) => named(`many-${index}`));
  const arns = await Promise.all(ids.map((id) => start(tier, demand(tier, id, ['pwd', '>', '${OUT}']))));
  // One call at a time: moto answers in the interpreter that runs the machines.
  const statuses = [];
  for (const arn of arns) statuses.push((await ended(tier, arn)).status);
  expect(statuses).toEqual(ids.map(() => 'SUCCEEDED'));
  const stored = await contentsOf(tier, named('many-'));
  expect(new Set(Object.values(stored)).size).toBe(50);
});

claimScenarios(() => tier);
retryScenarios(() => tier);
functionLogScenarios(() => tier);
largeDemandScenarios(() => tier);
notificationScenarios(() => tier);
sweepScenarios(() => tier);
eventScenarios(() => tier);
hostileEventScenarios(() => tier);
if (ARE_MADE_HERE) deadEventScenarios(() => tier);
if (ARE_MADE_HERE) keptScenarios(() => tier);
if (ARE_MADE_HERE) ruleScenarios(() => tier);
if (ARE_MADE_HERE) hostScenarios(() => tier);

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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
