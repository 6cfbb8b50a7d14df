/** Runs the built command line as a user does: in its own process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { sharedPath } from '../api/shared-folder';
import { waitUntil } from './waiting';

const DEMAND = join(__dirname, '../../dist/demand.js');
/** Hundreds are started: each reads what the first has compiled. */
const COMPILED = sharedPath('compiled');

export interface Ended {
  /** Null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class DemandProcess {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #told = '';
  #isOver = false;

  /**
   * @param command the command that runs the command line; by default it runs directly
   * @param environment instead of ours
   */
  constructor(
    folder: string,
    command: readonly string[],
    args: readonly string[],
    environment: Readonly<Record<string, string | undefined>> = process.env,
  ) {
    const [program = '', ...rest] = [...command, process.execPath, DEMAND, ...args];
    // The test's folder is the working directory: without --root, .demand would appear there.
    const child = spawn(program, rest, {
      cwd: folder,
      env: { ...environment, XDG_CACHE_HOME: join(folder, 'cache'), NODE_COMPILE_CACHE: COMPILED },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.#told += chunk.toString();
      });
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    this.ended = Promise.all([closed, text(child.stdout), text(child.stderr)]).then(
      ([exitCode, stdout, stderr]) => {
        this.#isOver = true;
        return { exitCode, stdout, stderr };
      },
    );
  }

  /** Waits until stdout or stderr has the text. */
  async hasTold(part: string): Promise<void> {
    await waitUntil(`"${part}" in the output`, () => {
      if (this.#told.includes(part)) return true;
      if (this.#isOver) throw new Error(`The process ended without "${part}":\n${this.#told}`);
      return false;
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

/** Returns the JSON documents of `--json`, which are one a line. */
export function jsonLines({ stdout }: Ended): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
