/** `demand submit`: starts an execution, or explains why it does not. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { jsonLines } from '../demand-process';
import { ApiWorld } from './api-world';

let world: ApiWorld;
beforeAll(async () => {
  world = await ApiWorld.start();
});
afterAll(() => world.stop());

const describe = (name: string) =>
  world.sfn.send(new DescribeExecutionCommand({ executionArn: world.arnOf(name) }));

async function names(): Promise<(string | undefined)[]> {
  const { executions = [] } = await world.sfn.send(
    new ListExecutionsCommand({ stateMachineArn: world.machineArn }),
  );
  return executions.map(({ name }) => name);
}

test('submit starts an execution with the name of the demand, and the demand as its input', async () => {
  const file = world.demandOf('plain', 'slow');
  const { exitCode, stdout, stderr } = await world.run('submit', file);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toBe(`demand plain was submitted\n  ${world.arnOf('plain')}\n  demand watch plain\n`);
  const { input = '', status } = await describe('plain');
  expect(status).toBe('RUNNING');
  expect(JSON.parse(input)).toMatchObject({ execution_id: 'plain', execution_type: 'slow' });
});

test('a repeated submit finds the running execution, also with another layout of the file', async () => {
  const file = world.demandOf('twice', 'slow');
  await world.run('submit', file);
  const { startDate } = await describe('twice');
  const document = Object.entries(JSON.parse(readFileSync(file, 'utf8')));
  const reordered = world.write('reordered.json', JSON.stringify(Object.fromEntries(document.reverse())));
  for (const same of [file, reordered]) {
    const again = await world.run('submit', same);
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(again.stdout).toContain(
      'demand twice is already running, with the same input: nothing was started',
    );
    expect(again.stdout).toContain(world.arnOf('twice'));
  }
  expect((await describe('twice')).startDate).toEqual(startDate);
});

test('another demand with the id of a running one is refused, with the next step', async () => {
  await world.run('submit', world.demandOf('taken', 'slow'));
  const { exitCode, stdout, stderr } = await world.run('submit', world.demandOf('taken', 'other'));
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/ExecutionAlreadyExists: Another demand .*"taken" is running/);
  expect(stderr).toContain('`demand cancel taken`');
  expect(JSON.parse((await describe('taken')).input ?? '')).toMatchObject({ execution_type: 'slow' });
});

test('an ended demand is refused, and runs again with --attempt', async () => {
  const file = world.demandOf('again', 'refused');
  expect(await world.run('submit', '--watch', file)).toMatchObject({ exitCode: 1 });
  const refused = await world.run('submit', '--json', file);
  expect(refused).toMatchObject({ exitCode: 2, stderr: '' });
  expect(jsonLines(refused)).toEqual([
    { type: 'refused', error: 'ExecutionAlreadyExists', message: expect.stringContaining('(FAILED)') },
  ]);
  expect(String(jsonLines(refused)[0]?.message)).toContain('`--attempt 2` runs it as again--2');
  const second = await world.run('submit', '--json', '--attempt', '2', file);
  expect(second).toMatchObject({ exitCode: 0, stderr: '' });
  expect(jsonLines(second)).toEqual([
    {
      type: 'submitted',
      executionId: 'again',
      name: 'again--2',
      executionArn: world.arnOf('again--2'),
      alreadyRunning: false,
      ignoredFields: [],
    },
  ]);
  const { exitCode, stdout } = await world.run('status', 'again', '--attempt', '2');
  expect(exitCode).toBe(1);
  expect(stdout).toContain('demand again--2 FAILED');
});

test('the printed next command works as it is', async () => {
  const file = world.demandOf('told', 'slow');
  const where = ['--region', 'us-east-1', '--state-machine', world.machineArn];
  const { stdout } = await world.run('submit', file, '--attempt', '2', ...where);
  const [, next = ''] = /^ {2}demand (watch .*)$/m.exec(stdout) ?? [];
  expect(next).toBe(`watch told--2 ${where.slice(2).join(' ')} ${where.slice(0, 2).join(' ')}`);
  const status = await world.run(...next.replace('watch', 'status').split(' '));
  expect(status).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('demand told--2 is running') });
});

test('the other verbs accept the names of list', async () => {
  await world.run('submit', world.demandOf('dots.again', 'slow'));
  await world.run('submit', world.demandOf('dots.again', 'slow'), '--attempt', '3');
  const listed = jsonLines(await world.run('list', '--json')).map(({ name }) => String(name));
  const mine = listed.filter((name) => name.startsWith('dots-again--x'));
  expect(mine).toHaveLength(2);
  for (const name of mine)
    expect(await world.run('status', name)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`demand ${name} is running`),
    });
});

test('all mistakes are named at once, and nothing is sent', async () => {
  const before = await names();
  const file = world.demandOf('not a name', 'slow', 'true', {
    execution_image: 7,
    execution_platform: { aws_batch: { job_queue_name: 'any' } },
  });
  const { exitCode, stdout, stderr } = await world.run('submit', file);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain('  /execution_image\n');
  expect(stderr).toContain('nothing was created');
  expect(await names()).toEqual(before);
});

test('an id that cannot be a name gets the same generated name as an event with that id', async () => {
  const { exitCode, stdout } = await world.run('submit', world.demandOf('dots.in.it', 'slow'));
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/:dots-in-it--x[0-9a-f]{32}\n/);
});

test('an input that S3 lacks is a mistake, and an ignored field is named', async () => {
  const params = { data: 's3://bucket/absent/ @ data', out: 'out @ s3://bucket/results/' };
  const parameters = { command: ['true'], params, inputs: ['data'], outputs: ['out'] };
  const absent = await world.run(
    'submit',
    world.demandOf('absent', 'slow', 'true', { execution_parameters: parameters }),
  );
  expect(absent).toMatchObject({ exitCode: 2, stdout: '' });
  expect(absent.stderr).toContain('s3://bucket/absent/ does not exist or is empty');
  const misspelt = await world.run(
    'submit',
    world.demandOf('misspelt', 'slow', 'true', { executionn_id: 1 }),
  );
  expect(misspelt).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('Did you mean "execution_id"?'),
  });
  const unread = await world.run('submit', world.demandOf('unread', 'slow', 'true', { project: 1 }));
  expect(unread).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('  /project\n') });
});

test.each([
  ['which may not be listed is left to the service', 403, 'AccessDenied', { exitCode: 0, stderr: '' }],
  ['in no bucket is a mistake', 404, 'NoSuchBucket', { exitCode: 2, stdout: '' }],
])('an input %s', async (_, status, code, expected) => {
  const s3 = createServer((__, response) => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<Error><Code>${code}</Code><Message>No</Message></Error>`);
  });
  await new Promise<void>((resolve) => s3.listen(0, '127.0.0.1', resolve));
  const { port } = s3.address() as AddressInfo;
  const changes = { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` };
  const ended = await world.startIn(changes, [], 'submit', world.demandOf(code, 'slow')).ended;
  s3.closeAllConnections();
  s3.close();
  expect(ended).toMatchObject(expected);
  expect(ended.stderr.includes('s3://bucket/data/ cannot be read (NoSuchBucket: No)')).toBe(status === 404);
});

test('a demand that is too large for Step Functions is refused, also by validate', async () => {
  const params = { data: 's3://bucket/data/ @ data', out: 'out @ s3://bucket/results/' };
  const long = { command: ['true'], params: { ...params, long: 'x'.repeat(262_144) }, inputs: ['data'] };
  const file = world.demandOf('long', 'slow', 'true', { execution_parameters: long });
  for (const verb of ['submit', 'validate']) {
    const { exitCode, stderr } = await world.run(verb, file);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/the demand has \d+ bytes, and Step Functions accepts 262144/);
  }
});

test('a file without a demand is refused in the same words as by validate', async () => {
  const file = world.write('list.json', '[1]');
  const [submitted, validated] = [await world.run('submit', file), await world.run('validate', file)];
  expect(submitted).toMatchObject({ exitCode: 2, stdout: '' });
  expect(submitted).toEqual(validated);
});
