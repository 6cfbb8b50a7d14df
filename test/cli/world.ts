/** A folder with a bucket, a small demand, and the command line that runs it there. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DemandProcess, type Ended } from './demand-process';

export const DATA = { 'a.txt': 'A\n', 'sub/b.txt': 'B\n' };

export class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'demand-cli-'));
  readonly root = this.path('root');
  readonly #started: DemandProcess[] = [];

  constructor() {
    writeTree(this.path('root/s3/bucket/data'), DATA);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a demand with this command. @returns its path */
  demandOf(command: string, more: Record<string, unknown> = {}): string {
    return this.write('demand.json', JSON.stringify({ ...demandDocument(command), ...more }));
  }

  write(name: string, content: string | Buffer): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  start(verb: string, ...args: string[]): DemandProcess {
    return this.startUnder([], verb, ...args);
  }

  /** Runs the command line as the last arguments of another command. */
  startUnder(command: readonly string[], verb: string, ...args: string[]): DemandProcess {
    const started = new DemandProcess(this.folder, command, [verb, '--root', this.root, ...args]);
    this.#started.push(started);
    return started;
  }

  run(verb: string, ...args: string[]): Promise<Ended> {
    return this.start(verb, ...args).ended;
  }

  /** Returns the objects of the bucket below `results/`. */
  results(): Record<string, string> {
    return treeOf(this.path('root/s3/bucket/results'));
  }

  hasWorkingDirectory(): boolean {
    return existsSync(this.path('root/efs/scratch/one'));
  }

  async remove(): Promise<void> {
    for (const started of this.#started) started.kill('SIGKILL');
    await Promise.all(this.#started.map(({ ended }) => ended));
    // Repeated, as a job that was just killed may still write.
    rmSync(this.folder, { recursive: true, maxRetries: 5 });
  }
}

function demandDocument(command: string) {
  return {
    execution_type: 'test',
    execution_id: 'one',
    execution_image: 'public.ecr.aws/docker/library/debian:12-slim',
    execution_parameters: {
      command: command.split(' '),
      params: { data: 's3://bucket/data/ @ data', out: 'out @ s3://bucket/results/' },
      inputs: ['data'],
      outputs: ['out'],
    },
    execution_platform: { aws_batch: { job_queue_name: 'any' } },
    resource_requirements: { memory: 512, vcpus: 1 },
  };
}

export function writeTree(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** Returns files with their content, and links with their target. Names of folders end with a slash. */
export function treeOf(folder: string, { withFolders = false } = {}): Record<string, string> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (entry.isDirectory()) return [`${name}/`, ''];
    return [name, entry.isSymbolicLink() ? readlinkSync(path) : readFileSync(path, 'utf8')];
  });
  return Object.fromEntries(withFolders ? entries : entries.filter(([name]) => !name?.endsWith('/')));
}
