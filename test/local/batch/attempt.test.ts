import { runAttempt } from '../../../local/batch/attempt';
import { ProcessRunner } from '../../../local/batch/process-runner';
import { STATUS_REASONS, TIMED_OUT_REASON } from '../../../src/batch/status-reasons';

/** Runs a script as a job, with a time-out in seconds. */
async function runScript(script: string, seconds: number | undefined, stop = new AbortController()) {
  const lines: string[] = [];
  const runner = new ProcessRunner(process.env, async () => undefined);
  const job = {
    jobId: 'one',
    image: 'image',
    command: ['/bin/bash', '-c', script],
    environment: {},
    mounts: [],
  };
  const end = await runAttempt(
    (signal) => runner.run(job, (line) => void lines.push(line), signal),
    seconds,
    stop.signal,
  );
  return { end, lines };
}

test('an attempt that ends in time has its own end', async () => {
  const { end, lines } = await runScript('echo done; exit 3', 60);
  expect(end).toEqual({ exitCode: 3, statusReason: STATUS_REASONS.exited, isTimedOut: false });
  expect(lines).toEqual(['done']);
});

test('an attempt that takes too long is asked to stop, and its reason is that of Batch', async () => {
  const { end } = await runScript('sleep 60', 0.2);
  expect(end).toMatchObject({ exitCode: 143, statusReason: TIMED_OUT_REASON, isTimedOut: true });
});

test('a program that ends well after SIGTERM has failed as well', async () => {
  const { end, lines } = await runScript("trap 'echo saved; exit 0' TERM; sleep 60 & wait", 0.5);
  expect(end).toMatchObject({ exitCode: 0, statusReason: TIMED_OUT_REASON, isTimedOut: true });
  expect(lines).toEqual(['saved']);
});

test('a stop from outside is no time-out', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('cancelled')), 100);
  const { end } = await runScript('sleep 60', 60, stop);
  expect(end).toMatchObject({ exitCode: 143, statusReason: STATUS_REASONS.exited, isTimedOut: false });
});

test('an attempt without a time-out runs to its end, and one of a month has no early end', async () => {
  expect((await runScript('exit 0', undefined)).end).toMatchObject({ exitCode: 0, isTimedOut: false });
  expect((await runScript('exit 0', 31 * 86_400)).end).toMatchObject({ exitCode: 0, isTimedOut: false });
});

test('an attempt that cannot start has a reason and no exit code', async () => {
  const refuse = async () => {
    throw new Error('no docker');
  };
  expect(await runAttempt(refuse, 60, new AbortController().signal)).toEqual({
    reason: 'no docker',
    statusReason: STATUS_REASONS.notStarted,
    isTimedOut: false,
  });
});
