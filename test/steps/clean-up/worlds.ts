/** The leftovers of an execution, on real folders. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileKept } from '../../../src/adapters/files/file-kept';
import { fileLeases } from '../../../src/adapters/files/file-leases';
import { fileReaders } from '../../../src/adapters/files/file-readers';
import { FileTrees } from '../../../src/adapters/files/file-trees';
import { workingDirectories, workingFiles } from '../../../src/adapters/files/working-files';
import { mountedStores } from '../../../src/adapters/stores';
import { type FunctionRouting, SINGLE_FUNCTION } from '../../../src/efs/function-routing';
import type { HistoryEvent } from '../../../src/history/events';
import { buildContext } from '../../../src/steps/build-context';
import type { CreatedJob } from '../../../src/steps/clean-up/jobs';
import { cleanUpAfter } from '../../../src/steps/clean-up-after';
import { resolveEfs } from '../../../src/steps/resolve-efs';
import type { Location } from '../../../src/transfer/location';
import { S3 } from '../../../src/transfer/schemes/s3';
import { withoutEmpty } from '../../../src/wire/json';
import { demandOf, type Fields } from '../../demand/arbitraries';
import { arnOf, MemoryExecutions } from '../../events/worlds';
import { called, entered } from '../../history/events';
import { folderStores } from '../../transfer/folders';
import { DIRECTORY, STAGE } from '../worlds';

export const ARN = arnOf('run-1');
/** Container paths of an input outside of the working directory, on the same and on another file system. */
const FAR = { here: '/opt/efs/scratch/far', elsewhere: '/opt/efs/tmp/far' };
const parametersOf = (far: string) => ({
  params: {
    in: 's3://bucket/in @ in',
    far: `s3://bucket/far @ ${far}`,
    out: 'out @ s3://bucket/out',
  },
  inputs: ['in', 'far'],
  outputs: ['out'],
});
export const EVENT = { detail: { executionArn: ARN, status: 'ABORTED' } };

export let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clean-up-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

export const scratch = (...names: string[]) => join(folder, 'scratch', ...names);

/** Jobs in memory. A terminated job ends after five minutes of the world's clock, unless `polls` is 0. */
export class Jobs {
  readonly terminated: string[] = [];
  constructor(
    readonly byId: Map<string, string> = new Map(),
    readonly polls = 1,
    readonly created: readonly CreatedJob[] = [],
  ) {}
  /** Arguments of all searches by name. */
  readonly searched: string[] = [];
  async named(...query: string[]) {
    this.searched.push(...query);
    return this.created;
  }
  async statuses(ids: readonly string[]) {
    return new Map(
      ids.flatMap((id): [string, string][] => (this.byId.has(id) ? [[id, this.byId.get(id) ?? '']] : [])),
    );
  }
  async terminate(id: string) {
    this.terminated.push(id);
  }
}

export type CleanUpTestWorld = Awaited<ReturnType<typeof worldOf>>;

/**
 * Cleans up while something still runs for the execution.
 *
 * @param goOn runs once after so many milliseconds, or after the clean-up
 */
export async function cleanUpWhile(world: CleanUpTestWorld, afterMs: number, goOn: () => Promise<unknown>) {
  const { wait } = world.clock;
  const at = world.clock.now() + afterMs;
  let running: Promise<unknown> | undefined;
  const end = async () => {
    running ??= goOn();
    await running;
  };
  world.clock.wait = async (ms) => {
    await wait(ms);
    if (world.clock.now() >= at) await end();
  };
  const cleaned = await cleanUpAfter(EVENT, world);
  await end();
  return cleaned;
}

/** Returns the world of an execution that ended in the last of these states. BuildContext has made its files. */
export async function worldOf(
  states: readonly string[],
  more: {
    jobs?: Jobs;
    owner?: string;
    configuration?: Fields;
    far?: keyof typeof FAR;
    /** The job has written its output, and it is not stored. */
    hasOutput?: boolean;
    /** The execution that kept the directory, which this execution resumes. */
    resumes?: string;
  } = {},
) {
  const {
    jobs = new Jobs(),
    owner = ARN,
    configuration = {},
    far = 'here',
    hasOutput = false,
    resumes,
  } = more;
  const mounts = [{ path: folder, fileSystemId: 'fs-1', root: '/' }];
  mkdirSync(scratch(), { recursive: true });
  const request = {
    demand_execution: demandOf(parametersOf(FAR[far])),
    context_manager_configuration: configuration,
    ...withoutEmpty({ resumes }),
    ...(far === 'elsewhere' && { file_system_configurations: { tmp: {} } }),
  };
  const { tmp, ...resolved } = await resolveEfs(request, { settings: STAGE, fileSystems: DIRECTORY });
  const volumes = { ...resolved, ...(tmp && { tmp: { ...tmp, file_system_id: 'fs-2' } }) };
  const routing: FunctionRouting = SINGLE_FUNCTION;
  const settings = { ...STAGE, mounts, routing };
  if (states.includes('BuildContext')) {
    const built = { settings: { ...settings, accessPoints: 'unknown' } as const, files: workingFiles() };
    await buildContext({ request, volumes, execution: owner }, built);
    for (const name of ['run-1/in', 'far']) mkdirSync(scratch(name), { recursive: true });
    writeFileSync(scratch('run-1/in/a'), 'A');
    writeFileSync(scratch('far/b'), 'B');
    if (hasOutput) writeFileSync(scratch('run-1/out'), 'R');
  }
  const executions = new MemoryExecutions();
  executions.kept.set(ARN, { name: 'run-1', status: 'ABORTED' });
  const input = { request, efs: { volumes }, ...JOB_ARGS };
  executions.events = states.map((state) => entered(state, input));
  let [now, left] = [2_000_000, 900_000];
  return {
    settings,
    executions,
    jobs,
    transfers: {
      dataSyncTask: async (): Promise<unknown> => ({}),
      dataSync: async (): Promise<unknown> => ({}),
    },
    directories: workingDirectories,
    documents: {
      folder: 's3://temp/executions',
      readJson: async () => request,
      writeJson: async () => undefined,
    },
    trees: new FileTrees(),
    signal: new AbortController().signal,
    use: { leases: fileLeases({ mounts }), readers: fileReaders(mounts) },
    stores: mountedStores(mounts),
    kept: fileKept(mounts),
    clock: {
      now: () => now,
      wait: async (ms: number) => {
        now += ms;
        left -= ms;
        if (left < 600_000) for (const id of jobs.terminated) if (jobs.polls > 0) jobs.byId.set(id, 'FAILED');
      },
    },
    time: { remainingMs: () => left },
  };
}

/** Fields of the machine's state at the start of RunJob. */
export const JOB_ARGS = { batch: { args: { job_name: 'job', job_queue_arn: 'arn:queue' } } };
export const STAGING = ['Normalise', 'ResolveEfs', 'BuildContext', 'PrepareBatchArgs', 'StageInputs'];

/** Returns the event of a call at the start of the world's clock. Its task times out after so many seconds. */
export const functionCalled = (seconds = 910): HistoryEvent => called(1, 2_000_000 + seconds * 1_000);

/** Returns the world of transfer functions, with the file systems of another world. */
export function transferWorldOf({ settings, use, signal }: CleanUpTestWorld) {
  const [s3, files] = [folderStores(folder), mountedStores(settings.mounts)];
  const open = (location: Location) => (location.scheme === S3 ? s3 : files).open(location);
  return {
    stores: { open },
    signal,
    settings: { ...settings, inlineLimits: { maxBytes: 1e9, maxFiles: 1e6 } },
    time: { remainingMs: () => 900_000 },
    report: () => undefined,
    leases: use.leases,
    readers: use.readers,
    readJson: async () => undefined,
  };
}
