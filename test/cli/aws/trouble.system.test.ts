/** Messages about failed requests to AWS. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jsonLines } from '../demand-process';
import { ApiWorld } from './api-world';

let world: ApiWorld;
beforeAll(async () => {
  world = await ApiWorld.start();
});
afterAll(() => world.stop());

const runIn = (changes: Record<string, string | undefined>, ...args: string[]) =>
  world.startIn(changes, [], ...args).ended;

const WITHOUT_KEYS = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

test('without credentials the message says how to get them', async () => {
  for (const args of [['list'], ['submit', world.demandOf('keyless', 'slow')]]) {
    const { exitCode, stdout, stderr } = await runIn(WITHOUT_KEYS, ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toMatch(/^CredentialsProviderError: .*AWS_PROFILE.*aws sso login/);
  }
});

test('a profile that does not exist is named', async () => {
  const { exitCode, stderr } = await runIn(WITHOUT_KEYS, 'list', '--profile', 'nobody');
  expect(exitCode).toBe(4);
  expect(stderr).toContain('nobody');
});

test('a profile gives keys and region', async () => {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = world.environment();
  const profile = ['[mine]', `aws_access_key_id = ${id}`, `aws_secret_access_key = ${secret}`];
  const file = world.write('credentials', `${profile.join('\n')}\n`);
  const config = world.write('config', '[profile mine]\nregion = us-east-1\n');
  const files = { AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: config, AWS_REGION: undefined };
  const { exitCode } = await runIn({ ...WITHOUT_KEYS, ...files }, 'list', '--profile', 'mine');
  expect(exitCode).toBe(0);
});

test('without a region the message says where to give one', async () => {
  const { exitCode, stderr } = await runIn({ AWS_REGION: undefined }, 'list');
  expect(exitCode).toBe(4);
  expect(stderr).toContain('RegionMissing: Region is missing. Set --region');
});

test('an unreachable endpoint is named, with the next step, also as JSON', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const plain = await runIn({}, 'status', 'one', '--endpoint-url', url);
  expect(plain).toMatchObject({ exitCode: 4, stdout: '' });
  expect(plain.stderr).toMatch(
    /ECONNREFUSED.* cannot be reached for states:ListStateMachines.*--endpoint-url/,
  );
  const submitted = await runIn({ AWS_ENDPOINT_URL: url }, 'submit', '--json', world.demandOf('far', 'slow'));
  expect(submitted).toMatchObject({ exitCode: 4, stderr: '' });
  expect(jsonLines(submitted)).toMatchObject([
    { type: 'error', error: 'EndpointUnreachable', message: expect.stringContaining('ECONNREFUSED') },
  ]);
});

test.each([
  [
    'AccessDeniedException',
    'User: arn:aws:iam::1:user/me is not authorized to perform: states:ListStateMachines on resource: *',
    'needs states:ListStateMachines',
  ],
  ['AccessDeniedException', 'no words', 'needs states:ListStateMachines'],
  ['ExpiredTokenException', 'The security token included in the request is expired', 'sign in again'],
  [
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
    'AWS does not know these credentials',
  ],
])('%s (%s) gets the next step', async (name, message, told) => {
  const server = createServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': name });
    response.end(JSON.stringify({ __type: name, message }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { exitCode, stderr } = await runIn({}, 'list', '--endpoint-url', `http://127.0.0.1:${port}`);
  server.closeAllConnections();
  server.close();
  expect(exitCode).toBe(4);
  expect(stderr).toContain(`${name}: `);
  expect(stderr).toContain(told);
});

test('a machine that does not exist is named, with the machines that exist', async () => {
  const { exitCode, stderr } = await world.run('list', '--stage', 'prod');
  expect(exitCode).toBe(3);
  expect(stderr).toContain(
    'no state machine prod-demand-execution in us-east-1; there are dev-demand-execution',
  );
  const elsewhere = await world.run('list', '--region', 'eu-west-1');
  expect(elsewhere.exitCode).toBe(3);
  expect(elsewhere.stderr).toContain('in eu-west-1; there is no state machine at all');
});

test('an ARN needs no list of machines, and gives the region', async () => {
  await world.run('submit', world.demandOf('by-arn', 'slow'));
  const elsewhere = { AWS_REGION: 'eu-west-1' };
  const arns: Record<string, string>[] = [{ ...elsewhere, DEMAND_STATE_MACHINE_ARN: world.machineArn }];
  for (const changes of arns) expect(await runIn(changes, 'status', 'by-arn')).toMatchObject({ exitCode: 0 });
  const given = await runIn(elsewhere, 'status', 'by-arn', '--state-machine', world.machineArn);
  expect(given).toMatchObject({ exitCode: 0 });
  expect(await runIn(elsewhere, 'status', world.arnOf('by-arn'))).toMatchObject({ exitCode: 0 });
  expect(await world.run('list', '--state-machine', 'nonsense')).toMatchObject({ exitCode: 2, stdout: '' });
});

test('an ARN of a machine that does not exist exits with 3', async () => {
  const absent = world.machineArn.replace(/[^:]+$/, 'absent');
  for (const args of [['list'], ['submit', world.demandOf('no-machine', 'slow')]]) {
    const { exitCode, stderr } = await world.run(...args, '--state-machine', absent);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^StateMachineDoesNotExist: .*absent.*--state-machine.*--region/);
  }
});

test('another ARN than an execution is refused before any request', async () => {
  for (const id of ['arn:rubbish', world.machineArn]) {
    const { exitCode, stderr } = await world.run('status', id);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME');
  }
});

test('an endpoint that is not a URL is refused, from the option and from the environment', async () => {
  const given = await world.run('list', '--endpoint-url', 'nonsense');
  expect(given.exitCode).toBe(2);
  expect(given.stderr).toContain('It must be a URL');
  const { exitCode, stderr } = await runIn({ AWS_ENDPOINT_URL: 'nonsense' }, 'list');
  expect(exitCode).toBe(4);
  expect(stderr).toMatch(/^InvalidEndpoint: Invalid URL.*AWS_ENDPOINT_URL/);
});

test.each(['status', 'watch', 'cancel', 'logs'])(
  '%s of an unknown id suggests similar names',
  async (verb) => {
    await world.run('submit', world.demandOf('penguins', 'slow'));
    const { exitCode, stdout, stderr } = await world.run(verb, 'pengiuns');
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toContain('dev-demand-execution has no execution pengiuns; names like it: penguins.');
  },
);

test('the help of each verb has the exit codes', async () => {
  const { stdout } = await world.run('status', '--help');
  for (const told of [
    /\b0\b[^;]*runs/,
    /\b1 it failed/,
    /\b3 [^;]*does not exist/,
    /\b4 AWS cannot/,
    /\b130 Ctrl-C/,
  ])
    expect(stdout).toMatch(told);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
