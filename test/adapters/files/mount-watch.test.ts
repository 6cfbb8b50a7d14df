import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { whileMountsAnswer } from '../../../src/adapters/files/mount-watch';
import type { MonotonicClock } from '../../../src/clock';
import { FileSystemStalled } from '../../../src/errors';
import { useFolder } from '../../transfer/folders';

const folder = useFolder();
const mountAt = (path: string) => ({ path, fileSystemId: 'fs-1', root: '/' });
const never = <T>() => new Promise<T>(() => undefined);

/** A clock whose long waits take `longMs`, and whose short waits take a turn of the event loop. It notes the waits. */
function quickClock(longMs = 500): { clock: MonotonicClock; waits: number[] } {
  const waits: number[] = [];
  const wait = async (ms: number, until: AbortSignal) => {
    waits.push(ms);
    if (ms > 100_000) await setTimeout(longMs, undefined, { signal: until }).catch(() => undefined);
    else await new Promise(setImmediate);
  };
  return { clock: { elapsedMs: () => 0, wait }, waits };
}

test('a call that hangs on a stalled mount fails by name', async () => {
  // An open of a pipe without a writer hangs in the kernel, as an open on a stalled NFS mount does.
  const path = join(folder.path, 'pipe');
  execFileSync('mkfifo', [path]);
  const { clock } = quickClock();
  const task = () => open(path, 'r');
  const stalled = whileMountsAnswer([mountAt(folder.path), mountAt(path)], task, { clock });
  await expect(stalled).rejects.toThrow(FileSystemStalled);
  await expect(stalled).rejects.toThrow(`at ${path} has not answered for 180 s`);
  // Frees the threads that hang.
  const writer = await open(path, 'w');
  await writer.close();
});

test('a task whose mount has stalled is told to stop, and a task that has ended is not', async () => {
  const { clock } = quickClock();
  const signals: AbortSignal[] = [];
  const hangs = (signal: AbortSignal) => {
    signals.push(signal);
    return never<void>();
  };
  await expect(whileMountsAnswer([mountAt('/')], hangs, { clock, look: never })).rejects.toThrow(
    FileSystemStalled,
  );
  await whileMountsAnswer([mountAt('/')], async (signal) => void signals.push(signal), {
    clock,
    look: never,
  });
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  expect(signals[0]?.reason).toBeInstanceOf(FileSystemStalled);
});

test('a call may take longer than the patience while its mounts answer', async () => {
  // On a loaded machine an answer takes long, too.
  const { clock, waits } = quickClock(60_000);
  const task = async () => {
    while (waits.length < 20) await new Promise(setImmediate);
    return 'done';
  };
  await expect(whileMountsAnswer([mountAt(folder.path)], task, { clock })).resolves.toBe('done');
});

test('an error of a mount is an answer: the task meets the error by itself', async () => {
  const { clock, waits } = quickClock();
  const task = async () => {
    while (waits.length < 6) await new Promise(setImmediate);
    throw new Error('ESTALE');
  };
  const gone = mountAt(join(folder.path, 'gone'));
  await expect(whileMountsAnswer([gone], task, { clock })).rejects.toThrow('ESTALE');
});

test('the watch ends with the call', async () => {
  let looks = 0;
  const { clock } = quickClock();
  const look = async () => void looks++;
  await whileMountsAnswer([mountAt('/')], async () => 'done', { clock, look });
  const before = looks;
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
  expect(looks).toBe(before);
});

test('a function without mounts has nothing to watch', async () => {
  const { clock, waits } = quickClock();
  const task = async () => {
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
    return 1;
  };
  await expect(whileMountsAnswer([], task, { clock, look: never })).resolves.toBe(1);
  expect(waits).toEqual([]);
});
