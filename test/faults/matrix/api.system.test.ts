/**
 * The faults of the matrix on the local API: the packaged functions are threads that are really killed and really run out
 * of time, and StopExecution stops the executions.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runLimited } from '../../../src/transfer/concurrency';
import { PATIENCE_MS, type Tier } from '../../scenarios/tier';
import type { ApiFaults } from './api-faults';
import { type ApiEnd, type ExpectedOnApi, endOnApi, runOnApi } from './api-run';
import { openFaultyTier, stillHeld } from './api-world';
import { kindsOf, TARGETS, type Target, wayOf } from './expected';
import type { Fault, Kind } from './faults';
import { printTable, type Row } from './table';

jest.setTimeout(PATIENCE_MS);

const OUTPUT = 'data\n';
/** Demands at once. On a loaded machine more of them would wait so long that a function runs out of time. */
const AT_ONCE = 16;

interface Case {
  readonly name: string;
  readonly target: Target;
  readonly fault: Fault;
  readonly isShared: boolean;
}

/**
 * Faults that the embedded engine alone has in transfers of outputs. A function that only answers with an error needs no
 * process of its own. The clean-up of a stopped transfer waits for 15 minutes, and the local API has four clean-ups.
 */
const EMBEDDED_ONLY: ReadonlySet<Kind> = new Set(['throws', 'is throttled', 'times out', 'is stopped']);
/** The directory of a demand that is stopped in `Finish` is still there when this test looks at it. */
const isLate = (target: Target, kind: Kind) => target.state === 'Finish' && kind === 'is stopped';
const kindsHere = (target: Target) =>
  kindsOf(target).filter(
    (kind) => !isLate(target, kind) && (target.ofOutput !== true || !EMBEDDED_ONLY.has(kind)),
  );

/** Demands whose clean-up may wait come last: it would keep the clean-ups of other demands waiting. */
const mayWait = ({ target: { state }, fault }: Case) =>
  fault.kind === 'is stopped' && /^(SyncOutput|RemoveData|ReleaseInputs|CleanUp)/.test(state);

/** Every second demand shares its inputs. */
const ALL_CASES: readonly Case[] = TARGETS.flatMap((target, place) =>
  kindsHere(target).map((kind, index) => ({
    name: `${target.state}${target.ofOutput ? ' of an output' : ''}`,
    target,
    fault: { kind, state: target.state, once: true },
    isShared: (place + index) % 2 === 0,
  })),
);

const CASES = ALL_CASES.toSorted((one, other) => Number(mayWait(one)) - Number(mayWait(other)));

let folder: string;
let tier: Tier;
let faults: ApiFaults;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fault-bundles-'));
  ({ tier, faults } = await openFaultyTier(folder));
});
afterAll(async () => {
  await tier?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Ended = ApiEnd & Pick<Case, 'name' | 'fault'> & { readonly expected: ExpectedOnApi };

async function run({ target, fault, isShared, name }: Case, index: number): Promise<Ended> {
  const way = wayOf(target, fault.kind, isShared);
  const expected = endOnApi(target, fault);
  const goes = expected.directory === false;
  const end = await runOnApi({ tier, faults }, `${tier.runId}-${index}`, { way, fault, goes });
  return { ...end, name, fault, expected };
}

function rowOf({ name, status, expected, stored, others, inDirectory, directory }: Ended): Row {
  const mustHave = status === 'SUCCEEDED' || expected.directory === true;
  const isLost = mustHave && stored !== OUTPUT && inDirectory !== OUTPUT;
  return {
    state: name,
    succeeded: Number(status === 'SUCCEEDED'),
    failed: Number(status !== 'SUCCEEDED'),
    bytesLost: isLost ? OUTPUT.length : 0,
    thingsLeft: Number(expected.directory === false && directory) + others.length,
    kept: Number(directory && expected.directory !== false),
  };
}

const placeOf = ({ name }: Ended) => CASES.findIndex((each) => each.name === name);

function isWrong(end: Ended): boolean {
  const { status, error, expected, directory, hits, stored } = end;
  const { bytesLost, thingsLeft } = rowOf(end);
  const isUnstored = status === 'SUCCEEDED' && stored !== OUTPUT;
  const isGone = expected.directory === true && !directory;
  const isOther = status !== expected.status || error !== expected.error;
  return isOther || isUnstored || isGone || bytesLost + thingsLeft > 0 || hits === 0;
}

test('each task with each fault ends as it should, loses nothing and leaves nothing', async () => {
  const ends: Ended[] = [];
  const runOne = async (index: number) => void ends.push(await run(CASES[index]!, index));
  const { signal } = new AbortController();
  await runLimited([...CASES.keys()], AT_ONCE, runOne, { signal });
  printTable('local API', ends.toSorted((one, other) => placeOf(one) - placeOf(other)).map(rowOf));
  expect(ends.filter(isWrong)).toEqual([]);
  const mayRead = ends.filter(({ expected }) => expected.readers !== false).map(({ execution }) => execution);
  expect(await stillHeld(tier, mayRead)).toEqual({
    ...{ readers: [], claims: [], halfWritten: [], uploads: [], jobs: [], executions: [] },
    inputs: [OUTPUT],
  });
});
