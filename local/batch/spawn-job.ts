/** A child process as a job: its output by lines, its whole process group stopped on request. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { JobExit } from './runner';

/** As Batch: SIGTERM, and SIGKILL when that did not help. https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html */
const GRACE_MS = 30_000;

export interface SpawnOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

export async function spawnJob(
  command: readonly string[],
  { environment, onLine, signal }: SpawnOptions,
): Promise<JobExit> {
  signal.throwIfAborted();
  const [file = '', ...args] = command;
  // A group of its own: what the job starts is stopped with it, and Ctrl-C reaches it through us alone.
  const child = spawn(file, args, { env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const release = stopOnAbort(child, signal);
  const lines = Promise.all([readLines(child.stdout, onLine), readLines(child.stderr, onLine)]);
  try {
    const [code, signalName] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
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
