/** On real folders: what is left behind is files. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { fileLeases } from '../../src/adapters/files/file-leases';
import { fileReaders } from '../../src/adapters/files/file-readers';
import { FileTrees } from '../../src/adapters/files/file-trees';
import { workingDirectories, workingFiles } from '../../src/adapters/files/working-files';
import { ALL_HERE } from '../../src/efs/served';
import type { ExecutionEvent } from '../../src/events/executions';
import { LANDMARKS } from '../../src/events/remains';
import { buildContext } from '../../src/steps/build-context';
import { type CreatedJob, cleanUpAfter } from '../../src/steps/clean-up-after';
import { resolveEfs } from '../../src/steps/resolve-efs';
import { demandOf, type Fields } from '../demand/arbitraries';
import { arnOf, MemoryExecutions } from '../events/worlds';
import { DIRECTORY, SURROUNDINGS } from './worlds';

const ARN = arnOf('run-1');
const PARAMETERS = {
  params: {
    in: 's3://bucket/in @ in',
    far: 's3://bucket/far @ /opt/efs/scratch/far',
    out: 'out @ s3://bucket/out',
  },
  inputs: ['in', 'far'],
  outputs: ['out'],
};
const EVENT = { detail: { executionArn: ARN, status: 'ABORTED' } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clean-up-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const scratch = (...names: string[]) => join(folder, 'scratch', ...names);

class Jobs {
  readonly terminated: string[] = [];
  constructor(
    readonly byId: Map<string, string> = new Map(),
    readonly polls = 1,
    readonly created: readonly CreatedJob[] = [],
  ) {}
  readonly asked: string[] = [];
  async named(...asked: string[]) {
    this.asked.push(...asked);
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

async function worldOf(
  states: readonly string[],
  more: { jobs?: Jobs; owner?: string; configuration?: Fields } = {},
) {
  const { jobs = new Jobs(), owner = ARN, configuration = {} } = more;
  const mounts = [{ path: folder, fileSystemId: 'fs-1', root: '/' }];
  mkdirSync(scratch(), { recursive: true });
  const request = { demand_execution: demandOf(PARAMETERS), context_manager_configuration: configuration };
  const volumes = await resolveEfs(request, { ...SURROUNDINGS, fileSystems: DIRECTORY });
  const world = { ...SURROUNDINGS, mounts, served: ALL_HERE, files: workingFiles() };
  if (states.includes('BuildContext')) {
    await buildContext({ request, volumes, execution: owner }, world);
    for (const name of ['run-1/in', 'far']) mkdirSync(scratch(name), { recursive: true });
    writeFileSync(scratch('run-1/in/a'), 'A');
    writeFileSync(scratch('far/b'), 'B');
  }
  const executions = new MemoryExecutions();
  executions.kept.set(ARN, { name: 'run-1', status: 'ABORTED' });
  const input = JSON.stringify({ request, efs: { volumes } });
  executions.events = states.map((state): ExecutionEvent => ({ type: 'entered', state, input }));
  let left = 900_000;
  return {
    ...world,
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
    wait: async (ms: number) => {
      left -= 20 * ms;
      if (left < 600_000) for (const id of jobs.terminated) if (jobs.polls > 0) jobs.byId.set(id, 'FAILED');
    },
    remainingMs: () => left,
  };
}

const submitted = (output: Fields): ExecutionEvent => ({ type: 'submitted', output: JSON.stringify(output) });
const STAGING = ['Normalise', 'ResolveEfs', 'BuildContext', 'PrepareBatchArgs', 'StageInputs'];

test('an execution that was stopped while it staged: everything of it goes', async () => {
  const world = await worldOf(STAGING);
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({
    status: 'REMOVED',
    size_bytes_removed: expect.any(Number),
  });
  expect(readdirSync(scratch())).toEqual([]);
});

test('a second time is as good as none', async () => {
  const world = await worldOf(STAGING);
  await cleanUpAfter(EVENT, world);
  expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
});

test('what the machine has cleaned up itself is not looked for', async () => {
  const world = await worldOf([...STAGING, 'CleanUpAfterFailure', 'DemandFailed']);
  rmSync(scratch('run-1'), { recursive: true });
  // In the meantime another's.
  expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
  expect(readdirSync(scratch())).toEqual(['far']);
});

test('nothing was made', async () => {
  const world = await worldOf(['Normalise', 'ResolveEfs']);
  expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
});

test.each(['BuildContext', 'PrepareBatchArgs'])(
  "another execution's directory is left alone, at %s",
  async (state) => {
    const world = await worldOf(['BuildContext', state], { owner: arnOf('run-1--2') });
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
    expect(readFileSync(scratch('run-1/in/a'), 'utf8')).toBe('A');
  },
);

test('stopped within BuildContext: what that has made goes', async () => {
  const world = await worldOf(['BuildContext']);
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  expect(existsSync(scratch('run-1'))).toBe(false);
});

describe('BuildContext goes on after the stop', () => {
  test('what it makes then goes, too', async () => {
    const world = await worldOf(['BuildContext']);
    renameSync(scratch('run-1'), scratch('aside'));
    const waits: number[] = [];
    world.wait = async (ms) => {
      if (waits.push(ms) === 3) renameSync(scratch('aside'), scratch('run-1'));
    };
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    expect(waits).toHaveLength(3);
    expect(existsSync(scratch('run-1'))).toBe(false);
  });

  test.each([
    ['for no longer than its function may take', ['BuildContext'], 60_000],
    ['but not once it was left', ['BuildContext', 'DemandFailed'], 0],
  ])('and is waited for, %s', async (_, states, expected) => {
    const world = await worldOf(states);
    rmSync(scratch('run-1'), { recursive: true });
    let waited = 0;
    world.wait = async (ms) => {
      waited += ms;
    };
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
    expect(waited).toBe(expected);
    const { functions } = parse(readFileSync(join(__dirname, '../../serverless.yml'), 'utf8'), {
      merge: true,
    });
    expect(functions.buildContext.timeout).toBe(60);
  });
});

describe('results that are nowhere else stay', () => {
  test.each([
    ['storing them was begun', [...STAGING, 'RunJob', 'StoreOutputs'], new Jobs()],
    [
      'storing them has failed',
      [...STAGING, 'RunJob', 'StoreOutputs', 'ReleaseInputs', 'DemandFailed'],
      new Jobs(),
    ],
    ['the job was just done', [...STAGING, 'RunJob'], new Jobs(new Map([['job-1', 'SUCCEEDED']]))],
  ])('when %s; what was read is given free', async (_, states, jobs) => {
    const world = await worldOf(states, { jobs });
    await world.use.readers.add({ kind: 'path', path: join(folder, 'shared/x') }, ARN);
    world.executions.events.push(submitted({ JobId: 'job-1' }));
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'KEPT' });
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
    expect(await world.use.readers.around({ kind: 'path', path: join(folder, 'shared/x') })).toEqual([]);
  });

  test('but not once they are stored', async () => {
    const world = await worldOf([...STAGING, 'RunJob', 'StoreOutputs', 'RemoveData']);
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  });
});

test('a directory that is to stay stays, without its inputs', async () => {
  const world = await worldOf(STAGING, { configuration: { cleanup_working_dir: false } });
  expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  expect(readdirSync(scratch('run-1')).sort()).toEqual(['.demand.env', '.demand.owner']);
});

describe('what still runs for it', () => {
  test('is stopped, and has ended before anything is removed', async () => {
    const jobs = new Jobs(new Map([['job-1', 'RUNNING']]));
    const world = await worldOf([...STAGING, 'RunJob'], { jobs });
    world.executions.events.push(submitted({ JobId: 'job-1' }), submitted({ ExecutionArn: 'arn:child' }));
    world.executions.kept.set('arn:child', { name: 'child', status: 'SUCCEEDED' });
    const wait = world.wait;
    world.wait = async (ms) => {
      expect(existsSync(scratch('run-1/in/a'))).toBe(true);
      await wait(ms);
    };
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    expect(jobs.terminated).toEqual(['job-1']);
    expect(world.executions.stopped).toEqual(['arn:child']);
  });

  test('and whose id did not come back is found by its name, and by when it was made', async () => {
    const made = Object.entries({ early: 999, ours: 1_000, late: 20_000 });
    const created = made.map(([id, createdAt]) => ({ id, createdAt }));
    const jobs = new Jobs(new Map(made.map(([id]) => [id, 'RUNNING'])), 1, created);
    const world = await worldOf(STAGING, { jobs });
    const input = JSON.stringify({ batch: { args: { job_name: 'job', job_queue_arn: 'arn:queue' } } });
    world.executions.events.push({ type: 'entered', state: 'RunJob', input, at: 1_000 });
    world.executions.kept.set(ARN, { name: 'run-1', status: 'ABORTED', endedAt: 2_000 });
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    expect(jobs.asked).toEqual(['job', 'arn:queue']);
    expect(jobs.terminated).toEqual(['ours']);
    world.executions.events.push(submitted({ JobId: 'known' }));
    await cleanUpAfter(EVENT, world);
    expect(jobs.asked).toHaveLength(2);
  });

  test('and does not end keeps everything, until the next call', async () => {
    const jobs = new Jobs(new Map([['job-1', 'RUNNING']]), 0);
    const world = await worldOf([...STAGING, 'RunJob'], { jobs });
    world.executions.events.push(submitted({ JobId: 'job-1' }));
    await expect(cleanUpAfter(EVENT, world)).rejects.toMatchObject({ name: 'JobStillRunning' });
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
  });

  test('that Batch has forgotten has ended', async () => {
    const world = await worldOf([...STAGING, 'RunJob']);
    world.executions.events.push(submitted({ JobId: 'job-1' }));
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
  });
});

test.each(['RUNNING', 'SUCCEEDED', 'PENDING_REDRIVE'])(
  'an execution that is %s by now is left alone',
  async (status) => {
    const world = await worldOf(STAGING);
    world.executions.kept.get(ARN)!.status = status;
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'GOES_ON' });
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
  },
);

test('a directory that was removed in part is told of, not taken for done', async () => {
  const world = await worldOf(STAGING);
  rmSync(scratch('run-1/.demand.owner'));
  await expect(cleanUpAfter(EVENT, world)).rejects.toMatchObject({ name: 'RemovalFailed' });
});

test('the states that it knows are in the machine, in that order', () => {
  const text = readFileSync(join(__dirname, '../../statemachines/demand-execution.asl.yml'), 'utf8');
  const { States } = parse(text, { merge: true });
  expect(States.BuildContext.Next).toBe(LANDMARKS.built);
  expect(States.StoreOutputs.Next).toBe(LANDMARKS.stored);
  expect(Object.keys(States)).toEqual(expect.arrayContaining(Object.values(LANDMARKS)));
  expect(States.BuildContext.Parameters.Payload).toMatchObject({
    'request.$': '$.request',
    'volumes.$': '$.efs.volumes',
  });
});
