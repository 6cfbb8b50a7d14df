import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { JobLog } from '../../../local/execution/job-log';
import { Recorder } from '../../../local/execution/recorder';

const isOpen = async (promise: Promise<void> | undefined) =>
  (await Promise.race([promise, setImmediate('open')])) === 'open';

test('a line waits until it is shown, and until it is in the file', async () => {
  const shown = Promise.withResolvers<void>();
  const file = new PassThrough({ highWaterMark: 1 });
  const recorder = new Recorder(() => shown.promise, new JobLog(file));
  const line = recorder.jobListener('process').jobOutput('a');
  expect(await isOpen(line)).toBe(true);
  shown.resolve();
  expect(await isOpen(line)).toBe(true);
  file.resume();
  await line;
});

test('without a wait a line has no promise', () => {
  const recorder = new Recorder(() => undefined, new JobLog(new PassThrough()));
  expect(recorder.jobListener('process').jobOutput('a')).toBeUndefined();
});
