/** Each task of the sweeper with each fault, on the embedded engine: nothing in use goes, and later sweeps remove the rest. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { executionArn } from '../../../local/engine/definitions';
import { type ExecutionOutcome, execute } from '../../../local/engine/engine';
import { claimAttempt, closeAttempt } from '../../../local/execution/attempts';
import { sweepServices } from '../../../local/sweep/sweep';
import { LocalRoot } from '../../../local/world/root';
import { fileReaders } from '../../../src/adapters/files/file-readers';
import { VOLUME_ROLES } from '../../../src/efs/model';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { harvest, plant, useFolder } from '../../transfer/folders';
import { errorOf, type Fault, Injection, KINDS } from './faults';
import { heldAt } from './left';

const DAY_MS = 24 * 3_600_000;
/** A file is old after one day. The first sweep is on the second day, when the running execution may still run. */
const [DAYS, FIRST_DAY] = [1, 2];
const STATES = ['BeginSweep', 'SweepPart', 'SweepAccount', 'TellSweep'];

const folder = useFolder();
let root: LocalRoot;
const arnOf = (id: string) => executionArn('demand-execution', id);

/** Files in use: of a running execution, and of a shared input that it reads. */
const IN_USE = { 'scratch/runs/a': 'x', 'scratch/runs/.demand.owner': arnOf('runs'), 'shared/read/a': 'y' };
/** Files that nobody needs. */
const NOT_IN_USE = {
  'scratch/done/a': 'x',
  'scratch/done/.demand.owner': arnOf('done'),
  'shared/unread/a': 'y',
  'tmp/a': 'z',
};

beforeEach(async () => {
  root = new LocalRoot(folder.path);
  await root.create();
  plant(join(root.path, 'efs'), { ...IN_USE, ...NOT_IN_USE });
  await begin('runs');
  await closeAttempt(await begin('done'), { status: 'FAILED' });
  await fileReaders(root.mounts).add(localLocation(join(root.fileSystem('shared'), 'read')), arnOf('runs'));
});

async function begin(id: string) {
  const claim = await claimAttempt(root.executions, id, { id });
  if (claim.kind !== 'mine') throw new Error('the attempt was taken');
  return claim.attempt;
}

async function sweep(day: number, fault?: Fault): Promise<{ outcome: ExecutionOutcome; hits: number }> {
  const stop = new AbortController();
  const injection = new Injection(fault ?? { kind: 'throws', state: '', once: true }, stop, {});
  const services = sweepServices({
    ...{ root, isDryRun: false, isApiRunning: false, signal: stop.signal, days: DAYS },
    now: () => Date.now() + day * DAY_MS,
  });
  const outcome = await execute(
    'sweep',
    `day-${day}`,
    { dry_run: false },
    {
      ...services,
      functions: injection.functions(services.functions),
      mocks: injection,
      retryWaitMs: 1,
    },
  );
  return { outcome, hits: injection.calls };
}

const left = () =>
  Object.fromEntries(
    VOLUME_ROLES.flatMap((role) =>
      Object.entries(harvest(root.fileSystem(role))).map(([key, content]) => [`${role}/${key}`, content]),
    ),
  );

/** A part or the account fails, and the sweep tells it at its end. The failure of another state is that of the sweep. */
function expectedEnd(fault: Fault): { status: string; error?: string } {
  const { state, kind, once } = fault;
  if (once && !['throws', 'is stopped'].includes(kind)) return { status: 'SUCCEEDED' };
  // The last task ends well after a stop, and so does the sweep.
  if (kind === 'is stopped')
    return state === 'TellSweep' ? { status: 'SUCCEEDED' } : { status: 'FAILED', error: 'DemandCancelled' };
  const isTold = state === 'SweepPart' || state === 'SweepAccount';
  return { status: 'FAILED', error: isTold ? 'SweepIncomplete' : errorOf(fault) };
}

const CASES = STATES.flatMap((state) =>
  KINDS.flatMap((kind) =>
    (kind === 'is stopped' ? [true] : [true, false]).map((once) => ({
      title: `${state} ${kind}${once ? '' : ' in each call'}`,
      fault: { state, kind, once },
    })),
  ),
);

test.each(CASES)('$title', async ({ fault }) => {
  const { outcome, hits } = await sweep(FIRST_DAY, fault);
  expect(hits).toBeGreaterThan(0);
  const expected = expectedEnd(fault);
  expect(outcome).toMatchObject(expected);
  const { status } = expected;
  expect(left()).toMatchObject(IN_USE);
  if (status === 'SUCCEEDED') expect(left()).toEqual(IN_USE);
  if (fault.state === 'BeginSweep' && status === 'FAILED')
    expect(left()).toEqual({ ...IN_USE, ...NOT_IN_USE });
  // A directory that was moved aside goes back in the next sweep, and is removed by a later one.
  for (const day of [1, 2])
    expect((await sweep(FIRST_DAY + day)).outcome).toMatchObject({ status: 'SUCCEEDED' });
  // A temporary file that went back is as young as its way back, and the running execution began before.
  const isCutOff = fault.state === 'SweepPart' && ['is killed', 'times out'].includes(fault.kind);
  const { 'tmp/a': temporary, ...others } = left();
  expect(others).toEqual(IN_USE);
  if (!isCutOff) expect(temporary).toBeUndefined();
  const { readers, halfWritten } = await heldAt(join(root.path, 'efs'));
  expect({ readers, halfWritten }).toEqual({ readers: [arnOf('runs')], halfWritten: [] });
  expect(readdirSync(root.fileSystem('scratch'))).toEqual(['runs']);
});
