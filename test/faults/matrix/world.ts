/** One demand in a folder, with one injected fault: its end, and all that is left of it. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessRunner } from '../../../local/batch/process-runner';
import type { ExecutionOutcome } from '../../../local/engine/engine';
import { LocalRoot } from '../../../local/world/root';
import { isRunning } from '../../cli/waiting';
import { runOnEngine } from '../../local/execution/on-engine';
import * as scenarios from '../../scenarios/scenarios';
import { type Fault, type FaultyWay, Injection } from './faults';
import { type Held, heldAt } from './left';

const PLACE = { jobQueueName: 'any', data: { bucket: 'faults', prefix: '' } };
const ID = 'demand';
export const INPUT = 'data\n';

/** A demand whose command and transfers lead to the state of a fault. */
export interface Way extends FaultyWay {
  readonly command: readonly string[];
  /** True: all transfers go through the data-sync machine. */
  readonly atScale: boolean;
  /** True: the input is in the shared volume, where other executions read it. */
  readonly isShared?: boolean;
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
  /** The content of the output in the working directory; undefined without the output. */
  readonly inDirectory: string | undefined;
  readonly runningJobs: number;
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

export function demandOf(id: string, { command, isShared = false }: Pick<Way, 'command' | 'isShared'>) {
  const demand = scenarios.demand(PLACE, id, command);
  return isShared ? scenarios.withSharedInputs(demand) : demand;
}

/** Runs a demand in a root that other demands use, too. */
export async function runIn(root: LocalRoot, id: string, way: Way, fault: Fault): Promise<Ended> {
  const stop = new AbortController();
  const injection = new Injection(fault, stop, way);
  const entered: string[] = [];
  const pids: number[] = [];
  const runner = new ProcessRunner(process.env, async (pid) => {
    pids.push(pid);
    injection.jobStarted();
  });
  const outcome = await runOnEngine(root, id, demandOf(id, way), {
    ...(way.atScale && { inlineLimits: { maxBytes: 0, maxFiles: 0 } }),
    replace: (functions) => injection.functions(functions),
    runner: injection.runner(runner),
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
  const directory = join(root.fileSystem('scratch'), id);
  return {
    isInputWhole: readFileSync(join(root.s3, 'faults/in'), 'utf8') === INPUT,
    stored: contentOf(join(root.s3, 'faults', id, 'out')),
    hasDirectory: existsSync(directory),
    inDirectory: contentOf(join(directory, 'out')),
  };
}

function contentOf(path: string): string | undefined {
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;
}

/** Returns what the ended demands of a root still hold. */
export function heldIn(root: LocalRoot): Promise<Held> {
  return heldAt(root.mounts[0]!.path, root.s3);
}
