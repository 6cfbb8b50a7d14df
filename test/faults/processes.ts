/** Starts workers as processes. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerTask } from './worker';

interface Ended {
  readonly wasKilled: boolean;
  /** The last line of the worker's output. */
  readonly outcome: Record<string, unknown>;
}

interface Worker {
  /** Resolves right before the transfer begins. */
  readonly begun: Promise<void>;
  readonly ended: Promise<Ended>;
  kill(): void;
}

export interface Workers {
  /** @param under a command line that starts the worker */
  start(task: WorkerTask, under?: readonly string[]): Worker;
}

/** Gives workers to all tests of a file, and ends them after the tests. */
export function useWorkers(): Workers {
  const running = new Set<ChildProcess>();
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'worker-'));
    const esbuild = join(__dirname, '../../node_modules/.bin/esbuild');
    const options = [
      '--bundle',
      '--platform=node',
      '--main-fields=module,main',
      '--log-level=error',
      `--outfile=${bundle()}`,
    ];
    execFileSync(esbuild, [join(__dirname, 'worker.ts'), ...options]);
  });
  afterAll(() => {
    for (const child of running) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const bundle = () => join(folder, 'worker.cjs');

  function start(task: WorkerTask, under: readonly string[] = []): Worker {
    const [program = '', ...args] = [...under, process.execPath, bundle(), JSON.stringify(task)];
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      // Hundreds of workers start. Each reads the code that the first worker has compiled.
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
    });
    running.add(child);
    let told = '';
    const begun = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        told += chunk;
        if (told.includes('begun\n')) resolve();
      });
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (_, signal) => {
        running.delete(child);
        resolve({ wasKilled: signal === 'SIGKILL', outcome: readOutcome(told) });
      });
    });
    return {
      begun: Promise.race([begun, ended.then(() => undefined)]),
      ended,
      kill: () => child.kill('SIGKILL'),
    };
  }
  return { start };
}

function readOutcome(told: string): Record<string, unknown> {
  const last = told.trim().split('\n').at(-1) ?? '';
  return last.startsWith('{') ? JSON.parse(last) : {};
}
