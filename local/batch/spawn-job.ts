/** Runs a job as a child process: returns its output by lines, and stops its whole process group after an abort. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import type { Bytes } from '../../src/units';
import { type OnLine, readLines } from '../world/lines';
import { endProcessesOf } from './job-processes';
import type { JobExit, OnStart } from './runner';

/**
 * Milliseconds between SIGTERM and SIGKILL, as in Batch.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
 */
const GRACE_MS = 30_000;

/** Milliseconds between two looks at the pipes of an ended job. */
const LAST_OUTPUT_MS = 1_000;
/** Bytes at most that an ended job has left in its pipes. A pipe of Linux has so many at most. */
const LAST_OUTPUT_BYTES: Bytes = 1024 ** 2;

export interface SpawnOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly onStart: OnStart;
  readonly onLine: OnLine;
  readonly signal: AbortSignal;
}

/**
 * @throws Error when the process cannot be started, `onStart` fails, or `onLine` fails; no process of the job is left then
 */
export async function spawnJob(
  command: readonly string[],
  { environment, onStart, onLine, signal }: SpawnOptions,
): Promise<JobExit> {
  signal.throwIfAborted();
  const [file = '', ...args] = command;
  // The job has its own process group: its children are stopped with it, and Ctrl-C reaches it only through this
  // process. Nothing is written to its standard input, which closes at the end of this process.
  const child = spawn(file, args, { env: environment, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const release = stopOnAbort(child, signal);
  // The pipes of a child are sockets.
  const outputs = [child.stdout, child.stderr] as unknown as readonly Socket[];
  const read = Promise.all(outputs.map((stream) => readLines(stream, onLine)));
  // It is awaited after the end of the job. A failure before that ends the job.
  const failedRead = new Promise<never>((_, reject) => read.catch(reject));
  try {
    const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const begun = Promise.all([exit, child.pid && onStart(child.pid)]);
    const [[code, signalName]] = await Promise.race([begun, failedRead]);
    await endAll(child, environment);
    await lastOutput(outputs, read);
    return toExit(code, signalName);
  } catch (error) {
    // Nothing waits for the job any more.
    await endAll(child, environment);
    throw error;
  } finally {
    release();
  }
}

/** Ends what is left of a job. Background processes keep its output open; they end with the job, as in a container. */
async function endAll(child: ChildProcess, environment: SpawnOptions['environment']): Promise<void> {
  killGroup(child, 'SIGKILL');
  const jobId = environment.AWS_BATCH_JOB_ID;
  if (jobId !== undefined) await endProcessesOf(jobId, child.pid);
}

function toExit(code: number | null, signalName: NodeJS.Signals | null): JobExit {
  if (signalName === null) return { exitCode: code ?? 1 };
  return { exitCode: 128 + constants.signals[signalName], reason: `ended by ${signalName}` };
}

function stopOnAbort(child: ChildProcess, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    killGroup(child, 'SIGTERM');
    timer = setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  return () => {
    signal.removeEventListener('abort', stop);
    clearTimeout(timer);
  };
}

function killGroup({ pid }: ChildProcess, signalName: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signalName);
  } catch {
    // The group has ended.
  }
}

/**
 * Waits until all output of an ended job has been read, however slow the reader of its lines is. A process that is not found
 * may hold the pipes open, and may still write. Its output does not belong to the job any more.
 */
async function lastOutput(pipes: readonly Socket[], read: Promise<unknown>): Promise<void> {
  const left = pipes.map((pipe) => ({ pipe, most: pipe.bytesRead + LAST_OUTPUT_BYTES }));
  const look = () => {
    // While a line waits for its reader, the output after it waits in the stream.
    for (const { pipe, most } of left) if (pipe.readableLength === 0 || pipe.bytesRead > most) pipe.destroy();
  };
  // An immediate comes after the pipes were read, even when this process had no time before.
  const timer = setInterval(() => setImmediate(look), LAST_OUTPUT_MS);
  await read.finally(() => clearInterval(timer));
}
