/**
 * `npm run soak -- --on api [--demands 60] [--seed 1]`: demands on one local API with faults, stops at any moment and
 * hostile jobs, eight at once. The seed gives the same demands again; only the moments of the stops differ.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { runLimited } from '../../src/transfer/concurrency';
import type { ApiFaults } from '../faults/matrix/api-faults';
import { type ApiEnd, endOnApi, runOnApi } from '../faults/matrix/api-run';
import { openFaultyTier, stillHeld } from '../faults/matrix/api-world';
import { wayOf } from '../faults/matrix/expected';
import { printTable } from '../faults/matrix/table';
import type { Tier } from '../scenarios/tier';
import { type Draw, drawsOf, judge, type Outcome } from './draws';

const DEMANDS = Number(process.env.SOAK_DEMANDS ?? 60);
const SEED = Number(process.env.SOAK_SEED ?? 1);
const AT_ONCE = 8;
const OUTPUT = 'data\n';
/** An execution is stopped within this time after its start. It takes about as long. */
const STOP_MS = 4_000;
const COPY = ['cp', '${DATA}', '${OUT}'];
const ANY_END = ['SUCCEEDED', 'ABORTED'];

let folder: string;
let tier: Tier;
let faults: ApiFaults;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'soak-bundles-'));
  ({ tier, faults } = await openFaultyTier(folder));
});
afterAll(async () => {
  await tier?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const mayRead: string[] = [];

async function run(id: string, draw: Draw): Promise<Outcome> {
  const { isShared } = draw;
  if (draw.kind === 'fault') {
    const { target, fault } = draw;
    const expected = endOnApi(target, fault);
    const way = wayOf(target, fault.kind, isShared);
    const end = await runOnApi({ tier, faults }, id, { way, fault, goes: expected.directory === false });
    if (expected.readers !== false) mayRead.push(end.execution);
    const { status, directory } = expected;
    return judge(`fault: ${fault.kind}`, id, { statuses: [status], directory }, found(end));
  }
  if (draw.kind === 'job') {
    const { name, command, status, keeps = false } = draw.job;
    const way = { command: [command], atScale: false, isShared };
    const end = await runOnApi({ tier, faults }, id, { way, goes: !keeps });
    const expected = { statuses: [status], directory: keeps ? 'either' : false } as const;
    return judge(`job: ${name}`, id, expected, found(end));
  }
  const way = { command: COPY, atScale: draw.moments() < 0.5, isShared };
  const interrupt = async (executionArn: string) => {
    await setTimeout(draw.moments() * STOP_MS);
    await tier.sfn.send(new StopExecutionCommand({ executionArn }));
  };
  const end = await runOnApi({ tier, faults }, id, { way, goes: false, interrupt });
  return judge('stopped at any moment', id, { statuses: ANY_END, directory: 'either' }, found(end));
}

function found({ status, stored, inDirectory, directory }: ApiEnd) {
  const isKept = directory && inDirectory !== undefined && inDirectory !== OUTPUT;
  return { status, isStored: stored === OUTPUT, isLost: isKept, hasDirectory: directory };
}

test(`${DEMANDS} demands with the seed ${SEED}`, async () => {
  const draws = drawsOf(SEED, DEMANDS, false);
  const outcomes: Outcome[] = [];
  const { signal } = new AbortController();
  const runOne = async (index: number) =>
    void outcomes.push(await run(`${tier.runId}-${index}`, draws[index]!));
  await runLimited([...draws.keys()], AT_ONCE, runOne, { signal });
  printTable(
    `soak on the local API, seed ${SEED}`,
    outcomes.map(({ row }) => row).toSorted((a, b) => a.state.localeCompare(b.state)),
  );
  expect(outcomes.flatMap(({ mistake }) => mistake ?? [])).toEqual([]);
  expect(outcomes).toHaveLength(DEMANDS);
  expect(await stillHeld(tier, mayRead)).toEqual({
    ...{ readers: [], claims: [], halfWritten: [], uploads: [], jobs: [], executions: [] },
    inputs: [OUTPUT],
  });
});
