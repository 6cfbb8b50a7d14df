/** SIGTERM reaches the programs of a job, in a process namespace of its own where this machine allows one. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { passSigterm } from '../../src/batch/stop-signal';

const SAVES = `bash -c 'trap "sleep 0.3; echo saved; exit 7" TERM; echo ready; sleep 20 & wait'; echo after`;
const NAMESPACE = ['unshare', '--pid', '--fork', '--kill-child', 'setsid'];
/** Root of a container, and the root user of most machines, may make namespaces. */
const isAllowed = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;

async function stopped(within: readonly string[], script: string, stop: (child: ChildProcess) => void) {
  const [file = '', ...args] = [...within, 'bash', '-c', script];
  const child = spawn(file, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const output = text(child.stdout as NodeJS.ReadableStream as never);
  const end = once(child, 'exit');
  await setTimeout(1_500);
  stop(child);
  const [code] = await end;
  return { code, lines: (await output).trim().split('\n') };
}

const toFirstProcess = ({ pid }: ChildProcess) => {
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
  process.kill(Number(first), 'SIGTERM');
};
const toGroup = ({ pid = 0 }: ChildProcess) => process.kill(-pid, 'SIGTERM');

test('a program that handles SIGTERM has time to end, when its whole group gets the signal', async () => {
  expect(await stopped([], passSigterm(SAVES), toGroup)).toEqual({ code: 143, lines: ['ready', 'saved'] });
});

(isAllowed ? test : test.failing)(
  'a program that handles SIGTERM has time to end, when the first process of a container gets the signal',
  async () => {
    const end = await stopped(NAMESPACE, passSigterm(SAVES), toFirstProcess);
    expect(end).toEqual({ code: 143, lines: ['ready', 'saved'] });
  },
);

test.each([
  ['exit 5', 5],
  ['false', 1],
  ['true # a comment at the end', 0],
  ['cat <<END\n}\nEND', 0],
  ['kill -s KILL $BASHPID', 137],
  ['trap "exit 3" EXIT; true', 3],
  ['set -e; false; true', 1],
])('the commands "%s" end with their own exit code, %i', (commands, code) => {
  expect(spawnSync('bash', ['-c', passSigterm(commands)]).status).toBe(code);
});

test('commands read the standard input, and a program can be interrupted by SIGINT', () => {
  const { stdout } = spawnSync('bash', ['-c', passSigterm('cat; timeout -s INT 0.2 sleep 20; echo $?')], {
    input: 'given\n',
  });
  expect(String(stdout)).toBe('given\n124\n');
});
