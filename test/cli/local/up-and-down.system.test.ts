/** `demand local up` and `down`: a root has one server, and no server stays behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { noteProcess } from '../../../local/world/noted-process';
import { DemandProcess } from '../demand-process';
import { haveEnded, isRunning, waitUntil } from '../waiting';
import { contentOf } from './listeners';

const PROJECT = join(__dirname, '../../..');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demand-local-'));
});
afterEach(async () => {
  await local('down').ended;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const local = (verb: string, ...args: string[]) =>
  new DemandProcess(folder, [], ['local', verb, '--root', 'api', ...args]);
const up = (...args: string[]) => local('up', '--project', PROJECT, ...args);
const stateFile = () => join(folder, 'api', 'api.json');
const ownerFile = (number: number) => join(folder, 'api', 'owners', String(number));

async function startedProcess(number = 1): Promise<number> {
  await waitUntil('a server that starts', () => existsSync(ownerFile(number)));
  return JSON.parse(readFileSync(ownerFile(number), 'utf8')).pid;
}

test('two that begin at once are one server; what is printed can be pasted; down ends it', async () => {
  mkdirSync(join(folder, 'example', 's3', 'some-bucket'), { recursive: true });
  writeFileSync(join(folder, 'example', 'demand.json'), '{}');
  const both = [up('--seed', 'example/s3'), up('--seed', 'example/s3')].map(({ ended }) => ended);
  const ended = await Promise.all(both);
  expect(ended).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
  const { pid, endpoint } = JSON.parse(readFileSync(stateFile(), 'utf8'));
  for (const { stdout } of ended) {
    expect(stdout).toContain(`AWS is at ${endpoint}`);
    expect(stdout).toContain('--input file://example/demand.json');
    expect(stdout).toContain('demand submit example/demand.json --stage local');
    expect(stdout).toContain('demand local down --root api');
    expect(stdout).toContain(`aws s3 mb s3://my-bucket --endpoint-url ${endpoint}`);
  }
  const third = await up('--port', '4999').ended;
  expect(third).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`AWS is at ${endpoint}`) });
  expect(third.stdout).toContain('running already: it does not use the options of this command');
  expect(await local('down').ended).toMatchObject({ exitCode: 0, stdout: 'Stopped.\n' });
  expect(isRunning(pid)).toBe(false);
});

test('a server waits for the end of one that is stopping', async () => {
  const stopping = spawn('sleep', ['60']);
  mkdirSync(join(folder, 'api', 'owners'), { recursive: true });
  const owner = { ...(await noteProcess(stopping.pid ?? 0)), isStopping: true };
  writeFileSync(ownerFile(1), JSON.stringify(owner));
  const waiting = up();
  await waitUntil('the log of a server', () => existsSync(join(folder, 'api', 'api.log')));
  // Longer than a server needs to find its root free.
  await setTimeout(2_000);
  expect(existsSync(ownerFile(2))).toBe(false);
  stopping.kill('SIGKILL');
  const pid = await startedProcess(2);
  waiting.kill('SIGINT');
  expect(await waiting.ended).toMatchObject({ exitCode: 130 });
  await haveEnded([pid]);
});

test('down stops a server that is starting, and a waiting up says so', async () => {
  const waiting = up();
  const pid = await startedProcess();
  expect(await local('down').ended).toMatchObject({ exitCode: 0, stdout: 'Stopped.\n' });
  await haveEnded([pid]);
  expect(await waiting.ended).toMatchObject({ exitCode: 1 });
  expect(existsSync(stateFile())).toBe(false);
});

test('Ctrl-C of up stops its server', async () => {
  const waiting = up();
  const pid = await startedProcess();
  waiting.kill('SIGINT');
  expect(await waiting.ended).toMatchObject({ exitCode: 130 });
  await haveEnded([pid]);
});

test('a port that is taken is named, with the next step', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const { exitCode, stderr } = await up('--port', String(port)).ended;
  server.close();
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(new RegExp(`port ${port} is taken.*--port`, 'i'));
});

test.each([
  ['a port that there is not', ['--port', '99999'], '--port'],
  ['a project that is none', ['--project', '/'], '--project'],
  ['a seed that is not there', ['--seed', 'nowhere'], '--seed'],
])('%s is refused before anything starts', async (_, args, told) => {
  const { exitCode, stderr } = await up(...args).ended;
  expect(exitCode).toBe(2);
  expect(stderr).toContain(told);
  expect(existsSync(join(folder, 'api'))).toBe(false);
});

test('down leaves another process with the process id of a killed server alone', async () => {
  const bystander = spawn('sleep', ['60']);
  mkdirSync(join(folder, 'api', 'owners'), { recursive: true });
  // The starts of two processes differ.
  writeFileSync(ownerFile(1), JSON.stringify({ pid: bystander.pid, processStart: '1' }));
  const { exitCode, stdout } = await local('down').ended;
  const isLeft = isRunning(bystander.pid ?? 0);
  bystander.kill();
  expect({ exitCode, stdout, isLeft }).toEqual({
    exitCode: 0,
    stdout: 'No local API runs here.\n',
    isLeft: true,
  });
});

test('a server whose AWS has died says so and ends', async () => {
  expect(await up().ended).toMatchObject({ exitCode: 0 });
  const pid = await startedProcess();
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const python = children.filter((child) => contentOf(`/proc/${child}/cmdline`).includes('moto_server'));
  expect(python).toHaveLength(1);
  process.kill(python[0]!, 'SIGKILL');
  await haveEnded([pid]);
  expect(existsSync(stateFile())).toBe(false);
  expect(readFileSync(join(folder, 'api', 'api.log'), 'utf8')).toContain(
    "moto's server has ended (SIGKILL). The local API stops",
  );
});
