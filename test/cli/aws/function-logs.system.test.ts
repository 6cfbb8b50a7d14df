/** `demand logs --functions`. The functions are only names here: the tests put their lines into CloudWatch Logs. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { parse } from 'yaml';
import { besides, patternsOf } from '../../../cli/aws/function-logs';
import { jsonLines } from '../demand-process';
import { ApiWorld } from './api-world';

const ROLE = 'arn:aws:iam::123456789012:role/test';
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

let world: ApiWorld;
let logs: CloudWatchLogsClient;
let outer: string;
let elsewhere: string;
const nested = (name: string) => `arn:aws:states:us-east-1:123456789012:execution:inner:${name}-inner`;

beforeAll(async () => {
  world = await ApiWorld.start();
  logs = new CloudWatchLogsClient({
    endpoint: world.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const inner = await machine('inner', 'app-dev-dataSync:7', { Type: 'Succeed' });
  outer = await machine('outer', 'app-dev-buildContext', {
    Type: 'Task',
    Resource: 'arn:aws:states:::states:startExecution.sync:2',
    Parameters: {
      StateMachineArn: inner,
      'Name.$': "States.Format('{}-inner', $$.Execution.Name)",
      Input: {},
    },
    ResultPath: null,
    End: true,
  });
  elsewhere = await machine('elsewhere', 'app-dev-removed', { Type: 'Succeed' });
  for (const name of ['app-dev-buildContext', 'app-dev-dataSync']) await makeGroup(name);
});
afterAll(() => world.stop());

/** The definition names a function, and never calls it. */
async function machine(name: string, called: string, work: object): Promise<string> {
  const parameters = { FunctionName: functionArn(called), Payload: {} };
  const definition = {
    StartAt: 'Choose',
    States: {
      Choose: {
        Type: 'Choice',
        Choices: [{ Variable: '$.call', IsPresent: true, Next: 'Call' }],
        Default: 'Work',
      },
      Call: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: parameters, End: true },
      Work: work,
    },
  };
  const command = new CreateStateMachineCommand({
    name,
    roleArn: ROLE,
    definition: JSON.stringify(definition),
  });
  return (await world.sfn.send(command)).stateMachineArn ?? '';
}

async function makeGroup(name: string): Promise<void> {
  const logGroupName = `/aws/lambda/${name}`;
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  for (const logStreamName of ['one', 'two'])
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
}

async function run(name: string, stateMachineArn = outer): Promise<string> {
  const command = new StartExecutionCommand({ stateMachineArn, name, input: '{}' });
  const { executionArn = '' } = await world.sfn.send(command);
  let status: string | undefined;
  while (status === undefined || status === 'RUNNING')
    status = (await world.sfn.send(new DescribeExecutionCommand({ executionArn }))).status;
  expect(status).toBe('SUCCEEDED');
  return executionArn;
}

function put(name: string, logStreamName: string, ...logged: [at: number, line: object | string][]) {
  const logEvents = logged.map(([timestamp, line]) => ({
    timestamp,
    message: typeof line === 'string' ? line : JSON.stringify(line),
  }));
  return logs.send(
    new PutLogEventsCommand({ logGroupName: `/aws/lambda/${name}`, logStreamName, logEvents }),
  );
}

const line = (execution: string, state: string, message: string, more: object = {}) => ({
  level: 'INFO',
  message,
  timestamp: 'as Powertools has it',
  service: 'dev-demand',
  function_request_id: 'r',
  execution,
  state,
  ...more,
});

test('the lines of its functions, and of nested executions, come in the order of time', async () => {
  const arn = await run('one');
  const now = Date.now();
  await put(
    'app-dev-buildContext',
    'one',
    [now + 1, line(arn, 'BuildContext', 'start')],
    [now + 2, 'REPORT RequestId: r'],
    [now + 3, line(arn, 'BuildContext', 'end', { outcome: 'succeeded', duration_ms: 2 })],
    [now + 4, line(`${arn}--2`, 'BuildContext', 'start')],
  );
  await put('app-dev-buildContext', 'two', [now, line(arn, 'Earlier', 'start')]);
  await put('app-dev-dataSync', 'one', [
    now + 2,
    line(nested('one'), 'SyncBatch', 'slow', { level: 'WARN' }),
  ]);
  const at = (more: number) => new Date(now + more).toISOString();
  expect(await world.run('logs', '--functions', arn)).toEqual({
    exitCode: 0,
    stderr: '',
    stdout: [
      `${at(0)} Earlier app-dev-buildContext: start`,
      `${at(1)} BuildContext app-dev-buildContext: start`,
      `${at(2)} SyncBatch app-dev-dataSync: WARN slow`,
      `${at(3)} BuildContext app-dev-buildContext: end outcome=succeeded duration_ms=2`,
      '',
    ].join('\n'),
  });
  const asJson = await world.run('logs', '--functions', '--json', '--since', at(2), arn);
  expect(jsonLines(asJson)).toMatchObject([
    {
      type: 'function-log',
      timestamp: now + 2,
      function: 'app-dev-dataSync',
      execution: nested('one'),
      state: 'SyncBatch',
      logged: { message: 'slow', service: 'dev-demand' },
    },
    { timestamp: now + 3, state: 'BuildContext', logged: { outcome: 'succeeded' } },
  ]);
});

test('the lines of functions that events call are among them, where these functions exist', async () => {
  const arn = await run('beside');
  const now = Date.now();
  const { state: _, ...stateless } = line(arn, '', 'end', { status: 'NOTHING_LEFT' });
  for (const name of ['app-dev-cleanUpAfter', 'app-dev-dataSync-on-archive']) await makeGroup(name);
  await put('app-dev-cleanUpAfter', 'one', [now, stateless]);
  await put('app-dev-dataSync-on-archive', 'one', [now, line(arn, 'Unasked', 'start')]);
  expect(await world.run('logs', '--functions', arn)).toEqual({
    exitCode: 0,
    stderr: '',
    stdout: `${new Date(now).toISOString()} - app-dev-cleanUpAfter: end status=NOTHING_LEFT\n`,
  });
});

test('the lines of the last call of a cleaner are among them', async () => {
  const arn = await run('cleaned-late');
  const now = Date.now();
  const serverless = parse(readFileSync('serverless.yml', 'utf8'));
  // Each call may take 15 minutes. Lambda waits one minute after the first failure, and two after the second.
  const last = 1_000 * (3 * serverless.functions.cleanUpAfter.timeout + 180);
  await makeGroup('app-dev-cleanUpAfter').catch(() => undefined);
  await put('app-dev-cleanUpAfter', 'two', [now + last, line(arn, '', 'end', { outcome: 'succeeded' })]);
  const { stdout } = await world.run('logs', '--functions', arn);
  expect(stdout).toContain('app-dev-cleanUpAfter: end outcome=succeeded');
});

test.each([
  [['app-dev-dataSync', 'app-dev-normalise'], ['app-dev-cleanUpAfter']],
  [
    ['app-dev-dataSync', 'app-dev-dataSync-on-archive'],
    ['app-dev-cleanUpAfter', 'app-dev-cleanUpAfter-on-archive'],
  ],
  [['single'], []],
])('the stack of %j may have %j', (names, expected) => {
  expect([...besides(new Set(names))].filter((name) => name.includes('cleanUpAfter'))).toEqual(expected);
});

test('functions that events call have the names of the deployed functions', () => {
  const { functions } = parse(readFileSync('serverless.yml', 'utf8')) as { functions: object };
  const names = [...besides(new Set(['app-dev-dataSync']))].map((name) => name.replace('app-dev-', ''));
  expect(names).toHaveLength(5);
  for (const name of names) expect(Object.keys(functions)).toContain(name);
});

test('log groups that do not exist are named', async () => {
  const { exitCode, stdout, stderr } = await world.run('logs', '--functions', await run('gone', elsewhere));
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toMatch(
    /^LogGroupNotFound: CloudWatch Logs in us-east-1 has no \/aws\/lambda\/app-dev-removed/,
  );
});

test('a missing right is named', async () => {
  const arn = await run('denied');
  const server = await denying();
  const place = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const denied = await world.startIn(
    { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: place },
    [],
    'logs',
    '--functions',
    arn,
  ).ended;
  server.close();
  expect(denied).toMatchObject({ exitCode: 4, stdout: '' });
  expect(denied.stderr).toContain('needs logs:FilterLogEvents');
});

test('--follow prints each line once, to the end of the execution', async () => {
  const arn = await run('followed');
  const now = Date.now();
  await put('app-dev-dataSync', 'one', [now, line(nested('followed'), 'Finish', 'start')]);
  const following = world.start('logs', '--functions', '--follow', arn);
  await following.hasTold('Finish');
  // This line arrives late, and is older than the printed lines.
  await put('app-dev-dataSync', 'two', [now - 1, line(nested('followed'), 'Late', 'start')]);
  const { exitCode, stdout } = await following.ended;
  expect(exitCode).toBe(0);
  expect(stdout.split('\n').map((each) => each.split(' ')[1])).toEqual(['Finish', 'Late', undefined]);
});

test('patterns keep their limit, and have all executions', () => {
  const executions = Array.from({ length: 20 }, (_, index) => `${nested('x'.repeat(80))}-${index}`);
  const patterns = patternsOf(executions);
  for (const pattern of patterns) expect(pattern.length).toBeLessThanOrEqual(1_024);
  const named = patterns.flatMap((pattern) => [...pattern.matchAll(/"([^"]+)"/g)].map(([, arn]) => arn));
  expect(named).toEqual(executions);
});

async function denying(): Promise<Server> {
  const server = createServer((_, response) => {
    response.writeHead(400, { 'x-amzn-errortype': 'AccessDeniedException' });
    response.end('{"message":"no words"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
