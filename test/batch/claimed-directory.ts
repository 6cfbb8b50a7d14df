/** A working directory, and jobs that run the real command of the service there, under a real bash. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildCommand } from '../../src/context/environment';

export const OWNER = 'arn:aws:states:us-west-2:123456789012:execution:demand:run-1';

/** A user without the rights of root. Another user than root runs its jobs itself. */
const SOMEBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

export interface JobEnd {
  readonly code: number | null;
  readonly stderr: string;
}

export interface JobOptions {
  readonly previous?: string;
  readonly owner?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** True: the job is not root. See {@link ClaimedDirectory.giveAway}. */
  readonly isUser?: boolean;
}

export class ClaimedDirectory {
  constructor(
    readonly path: string,
    inputs: Readonly<Record<string, string>> = {},
  ) {
    mkdirSync(path, { recursive: true });
    this.write({ '.demand.owner': OWNER, ...inputs });
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), content);
    }
  }

  /** Gives the directory to the user of jobs that are not root. */
  giveAway(): void {
    chmodSync(dirname(dirname(this.path)), 0o755);
    chmodSync(dirname(this.path), 0o777);
    const { uid, gid } = SOMEBODY;
    if (uid === undefined) return;
    for (const name of ['', ...readdirSync(this.path, { recursive: true, encoding: 'utf8' })])
      chownSync(join(this.path, name), uid, gid);
  }

  /** Starts a job. The job waits for nothing, and runs the command after the claim. */
  start(
    jobId: string,
    command: string,
    { previous, owner = OWNER, variables, isUser = false }: JobOptions = {},
  ): ChildProcess {
    const [file = '', ...args] = buildCommand([command], { hasEnvironmentFile: false, claims: true });
    return spawn(file, args, {
      detached: true,
      ...(isUser && SOMEBODY),
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: process.env.PATH,
        WORKING_DIR: this.path,
        TMPDIR: `${this.path}.tmp`,
        AWS_BATCH_JOB_ID: jobId,
        _EXECUTION: owner,
        ...(previous !== undefined && { _PREVIOUS_JOBS: previous }),
        ...variables,
      },
    });
  }

  async run(jobId: string, command: string, options: JobOptions = {}): Promise<JobEnd> {
    return endOf(this.start(jobId, command, options));
  }

  /** Names and contents of all files but those of the service. */
  files(): Readonly<Record<string, string>> {
    return this.#filesBelow('', (name) => !name.startsWith('.demand.'));
  }

  /** Names and contents of the files that were set aside. */
  aside(): Readonly<Record<string, string>> {
    return this.#filesBelow('.demand.aside/', () => true);
  }

  #filesBelow(folder: string, isWanted: (name: string) => boolean): Readonly<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const entry of readdirSync(join(this.path, folder), { withFileTypes: true, recursive: true })) {
      const name = join(entry.parentPath, entry.name).slice(
        join(this.path, folder).replace(/\/$/, '').length + 1,
      );
      if (entry.isFile() && isWanted(name)) found[name] = readFileSync(join(this.path, folder, name), 'utf8');
    }
    return found;
  }
}

export async function endOf(child: ChildProcess): Promise<JobEnd> {
  const [stderr, [code]] = await Promise.all([
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, stderr };
}
