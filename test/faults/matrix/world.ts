/** One demand in a folder, with one injected fault: its end, and all that is left of it. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalJobDefinitions } from '../../../local/batch/job-definitions';
import { ProcessRunner } from '../../../local/batch/process-runner';
import { type ExecutionOutcome, execute } from '../../../local/engine/engine';
import { localFunctions } from '../../../local/execution/functions';
import { localInput } from '../../../local/execution/input';
import { localFileSystems } from '../../../local/world/file-systems';
import { LOCAL_RULES, LocalRoot } from '../../../local/world/root';
import { readLocalSecret } from '../../../local/world/secrets';
import { fileReaders } from '../../../src/adapters/files/file-readers';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { isRunning } from '../../cli/waiting';
import * as scenarios from '../../scenarios/scenarios';
import { type Fault, Injection } from './faults';

const PLACE = { jobQueueName: 'any', data: { bucket: 'faults', prefix: '' } };
const ID = 'demand';
export const INPUT = 'data\n';

/** A demand whose command and transfers lead to the state of a fault. */
export interface Way {
  readonly command: readonly string[];
  /** True: all transfers go through the data-sync machine. */
  readonly atScale: boolean;
  /** A state that fails in each call, so that the demand gets to the state of the fault. */
  readonly failing?: string;
}

export interface Ended {
  readonly outcome: ExecutionOutcome;
  /** States in the order in which they were entered. */
  readonly entered: readonly string[];
  /** Calls that had the fault. */
  readonly hits: number;
  readonly isInputWhole: boolean;
  /** The content of the output in S3; undefined without the output. */
  readonly stored: string | undefined;
  readonly hasDirectory: boolean;
  readonly runningJobs: number;
}

export interface Held {
  /** Records of readers, and claims of leases that nobody has released. */
  readonly held: number;
  /** Half-written files anywhere. */
  readonly partialFiles: readonly string[];
}

/** Makes a root with the input of the demands. */
export async function plantRoot(): Promise<LocalRoot> {
  const root = new LocalRoot(mkdtempSync(join(tmpdir(), 'faults-')));
  await root.create();
  mkdirSync(join(root.s3, 'faults'));
  writeFileSync(join(root.s3, 'faults/in'), INPUT);
  return root;
}

export async function runWithFault(way: Way, fault: Fault): Promise<Ended & Held> {
  const root = await plantRoot();
  try {
    return { ...(await runIn(root, ID, way, fault)), ...(await heldIn(root)) };
  } finally {
    rmSync(root.path, { recursive: true });
  }
}

export function demandOf(id: string, command: readonly string[]) {
  return scenarios.demand(PLACE, id, command);
}

/** Runs a demand in a root that other demands use, too. */
export async function runIn(root: LocalRoot, id: string, way: Way, fault: Fault): Promise<Ended> {
  const stop = new AbortController();
  const injection = new Injection(fault, stop, way.failing);
  const jobDefinitions = new LocalJobDefinitions();
  const entered: string[] = [];
  const pids: number[] = [];
  const runner = new ProcessRunner(process.env, async (pid) => void pids.push(pid));
  const inlineLimits = way.atScale ? { maxBytes: 0, maxFiles: 0 } : { maxBytes: 2 ** 30, maxFiles: 1000 };
  const document = demandOf(id, way.command);
  const outcome = await execute('demand-execution', id, localInput(document, root, 'process'), {
    functions: injection.functions(
      localFunctions({
        root,
        jobDefinitions,
        report: () => undefined,
        settings: { inlineLimits, rules: LOCAL_RULES },
      }),
    ),
    batch: {
      root,
      jobDefinitions,
      fileSystems: localFileSystems,
      runner: injection.runner(runner),
      readSecret: (reference) => readLocalSecret(reference, root),
      now: Date.now,
      listener: { jobStarted: () => undefined, jobOutput: () => undefined, jobEnded: () => undefined },
    },
    onEvent: (event) => void (event.type === 'StateEntered' && entered.push(event.state)),
    signal: stop.signal,
    mocks: injection,
    retryWaitMs: 1,
  });
  return {
    outcome,
    entered,
    hits: injection.calls,
    ...leftOf(root, id),
    runningJobs: pids.filter(isRunning).length,
  };
}

/** Returns the output and the directory of a demand. */
export function leftOf(root: LocalRoot, id: string) {
  const output = join(root.s3, 'faults', id, 'out');
  return {
    isInputWhole: readFileSync(join(root.s3, 'faults/in'), 'utf8') === INPUT,
    stored: existsSync(output) && statSync(output).isFile() ? readFileSync(output, 'utf8') : undefined,
    hasDirectory: existsSync(join(root.fileSystem('scratch'), id)),
  };
}

/** Returns what the ended demands of a root still hold. */
export async function heldIn(root: LocalRoot): Promise<Held> {
  const readers = await fileReaders(root.mounts).around(localLocation(root.fileSystem('scratch')));
  const all = pathsIn(root.path);
  const claims = all.filter((path) => path.endsWith('.claim') && !isReleased(path));
  return {
    held: readers.length + claims.length,
    partialFiles: all.filter((path) => path.endsWith('.partial')),
  };
}

/** Node's own recursive listing follows the links of jobs. */
function pathsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...pathsIn(path)] : [path];
  });
}

/** A released claim ends with an exclamation mark. */
function isReleased(claim: string): boolean {
  return readFileSync(claim, 'utf8').includes('!');
}
