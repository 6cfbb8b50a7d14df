import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { JobLog } from '../../../local/execution/job-log';
import { useFolder } from '../../transfer/folders';

const folder = useFolder();

test('the file has all lines, and no problem', async () => {
  const path = join(folder.path, 'job.log');
  const log = new JobLog(createWriteStream(path));
  for (let line = 0; line < 10_000; line++) await log.write(`line ${line}`);
  await log.close();
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(10_001);
  expect(log.problem).toBeUndefined();
});

test('a full disk is the problem of the file, not the end of the run', async () => {
  // Each write to this device fails with ENOSPC.
  const log = new JobLog(createWriteStream('/dev/full'));
  for (let line = 0; line < 1_000; line++) await log.write('x'.repeat(1_000));
  await log.close();
  expect(log.problem).toMatch(/could not be written: .*ENOSPC/);
});

test('a file with the most bytes takes no more lines', async () => {
  const path = join(folder.path, 'job.log');
  const log = new JobLog(createWriteStream(path), { mostBytes: 10 });
  for (const line of ['1234', '5678', 'too much']) await log.write(line);
  await log.close();
  expect(readFileSync(path, 'utf8')).toBe('1234\n5678\n');
  expect(log.problem).toBe('has the first 10 bytes only, which is the most that a run keeps');
});

test('the job waits while the disk is slower', async () => {
  const written: (() => void)[] = [];
  const slow = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => void written.push(done),
  });
  const log = new JobLog(slow);
  let isOpen = true;
  const waiting = Promise.resolve(log.write('a line')).then(() => {
    isOpen = false;
  });
  await new Promise(setImmediate);
  expect(isOpen).toBe(true);
  written.shift()?.();
  await waiting;
  expect(isOpen).toBe(false);
});
