/** A child process as a job: its output by lines, its whole process group stopped on request. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { JobExit, OnStart } from './runner';

/** As Batch: SIGTERM, and SIGKILL when that did not help. https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html */
const GRACE_MS = 30_000;

export interface SpawnOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly onStart: OnStart;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

export async function spawnJob(
  command: readonly string[],
  { environment, onStart, onLine, signal }: SpawnOptions,
): Promise<JobExit> {
  signal.throwIfAborted();
  const [file = '', ...args] = command;
  // A group of its own: what the job starts is stopped with it, and Ctrl-C reaches it through us alone.
  // Nothing is ever written to its standard input, which ends when we do.
  const child = spawn(file, args, { env: environment, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const release = stopOnAbort(child, signal);
  const lines = Promise.all([readLines(child.stdout, onLine), readLines(child.stderr, onLine)]);
  try {
    const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const [[code, signalName]] = await Promise.all([exit, child.pid && onStart(child.pid)]);
    // What the job left running in the background holds its output open: it ends with the job, as a container would.
    killGroup(child, 'SIGKILL');
    await lines;
    return toExit(code, signalName);
  } finally {
    release();
  }
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
    // The group is gone already.
  }
}

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }))
    onLine(line);
}
