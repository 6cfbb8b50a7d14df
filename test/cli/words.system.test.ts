/** Mistakes on the command line, and the words about them. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemandProcess } from './demand-process';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'demand-words-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const demand = (...args: string[]) => new DemandProcess(folder, [], args).ended;

test.each([
  [['help', 'nope'], "unknown command 'demand nope'"],
  [['help', 'local', 'nope'], "unknown command 'demand local nope'"],
  [['local', 'help', 'nope'], "unknown command 'demand local nope'"],
  [['help', 'run', 'nope'], "unknown command 'demand run nope'"],
  [['list', '--status', 'done'], 'It must be one of RUNNING, SUCCEEDED'],
  [['logs', 'x', '--since', 'yesterday'], 'It must be an ISO time'],
])('demand %j names the mistake', async (args, words) => {
  const { exitCode, stdout, stderr } = await demand(...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(words);
});

test.each([
  [['help'], 'Usage: demand [options] [command]'],
  [['help', 'run'], 'Usage: demand run [options] <file>'],
  [['help', 'local', 'up'], 'Usage: demand local up [options]'],
  [['local', 'help', 'up'], 'Usage: demand local up [options]'],
  [['local', 'help'], 'Usage: demand local [options] [command]'],
])('demand %j prints the help of the verb', async (args, words) => {
  const { exitCode, stdout } = await demand(...args);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(words);
});

test.each([
  ['run', ['run', join(__dirname, '../../examples/penguins/demand.json')]],
  ['local up', ['local', 'up', '--project', join(__dirname, '../..')]],
])('%s without docker says so, and makes nothing', async (_, args) => {
  const environment = { ...process.env, PATH: folder };
  const { exitCode, stdout, stderr } = await new DemandProcess(
    folder,
    [],
    [...args, '--runner', 'docker', '--root', 'absent'],
    environment,
  ).ended;
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain('--runner docker cannot run a job: there is no program docker in the PATH');
  expect(existsSync(join(folder, 'absent'))).toBe(false);
});

// Nothing listens at port 9 of this machine.
const NOWHERE = ['--endpoint-url', 'http://127.0.0.1:9', '--region', 'us-west-2'];

test.each([['running'], ['pending-redrive'], ['Timed_Out']])('list takes the status %s', async (status) => {
  const { exitCode, stderr } = await demand('list', '--status', status, ...NOWHERE);
  expect(exitCode).toBe(4);
  expect(stderr).not.toContain('It must be');
});
