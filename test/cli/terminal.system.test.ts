/** A terminal shows a bar while a large file is staged. */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { World } from './world';

const TERMINAL = join(__dirname, 'terminal.py');
const HIDDEN = '\u001b[?25l';
const SHOWN = '\u001b[?25h';

let world: World;
beforeEach(() => {
  world = new World();
  const large = world.path('root/s3/bucket/data/large');
  writeFileSync(large, '');
  // A sparse file, which is large enough to be copied in several pieces with progress.
  truncateSync(large, 400 * 1024 ** 2);
});
afterEach(() => world.remove());

const runOnTerminal = (interruptAt: string) =>
  world.startUnder(['python3', TERMINAL, interruptAt], 'run', world.demandOf('true > ${OUT}')).ended;

test('a bar appears, moves, and disappears', async () => {
  const { exitCode, stdout } = await runOnTerminal('-');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/in {2}data [=-]{30} \d+% [\d.]+ MiB of 400\.0 MiB/);
  expect(stdout.lastIndexOf(SHOWN)).toBeGreaterThan(stdout.lastIndexOf(HIDDEN));
  expect(stdout).toContain('demand one succeeded');
});

test('Ctrl-C during the bar ends the run, and gives the cursor back', async () => {
  const { exitCode, stdout } = await runOnTerminal('MiB of 400.0 MiB');
  expect(exitCode).toBe(130);
  expect(stdout.lastIndexOf(SHOWN)).toBeGreaterThan(stdout.lastIndexOf(HIDDEN));
  expect(world.hasWorkingDirectory()).toBe(false);
});
