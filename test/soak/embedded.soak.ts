/**
 * `npm run soak -- [--demands 500] [--seed 1]`: demands in one root with faults, stops, kills and hostile jobs, sixteen at
 * once. The seed gives the same demands again; only the moments of the kills differ.
 */
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { LocalRoot } from '../../local/world/root';
import { runLimited } from '../../src/transfer/concurrency';
import { DemandProcess } from '../cli/demand-process';
import { expectedEnd, wayOf } from '../faults/matrix/expected';
import type { Fault } from '../faults/matrix/faults';
import { printTable } from '../faults/matrix/table';
import { demandOf, heldIn, INPUT, leftOf, plantRoot, runIn } from '../faults/matrix/world';
import { type Draw, drawsOf, judge, type Outcome } from './draws';

const DEMANDS = Number(process.env.SOAK_DEMANDS ?? 500);
const SEED = Number(process.env.SOAK_SEED ?? 1);
const AT_ONCE = 16;
const KILLS = 2;
/** A run is killed within this time after its start. It takes about as long. */
const KILL_MS = 1_500;
const NO_FAULT: Fault = { kind: 'throws', state: '', once: true };
const COPY = ['cp', '${DATA}', '${OUT}'];

let root: LocalRoot;
beforeAll(async () => {
  root = await plantRoot();
});
afterAll(() => rm(root.path, { recursive: true, force: true, maxRetries: 5 }));

function found(id: string, status: string) {
  const { stored, hasDirectory, isInputWhole } = leftOf(root, id);
  return { status, isStored: stored === INPUT, isLost: !isInputWhole, hasDirectory };
}

async function run(id: string, draw: Draw): Promise<Outcome> {
  const { isShared } = draw;
  if (draw.kind === 'interrupted') return withKills(id, draw.moments, isShared);
  if (draw.kind === 'job') {
    const { name, command, status, keeps = false } = draw.job;
    const { outcome } = await runIn(root, id, { command: [command], atScale: false, isShared }, NO_FAULT);
    const expected = { statuses: [status], directory: keeps ? 'either' : false } as const;
    return judge(`job: ${name}`, id, expected, found(id, outcome.status));
  }
  const { target, fault } = draw;
  const { outcome } = await runIn(root, id, wayOf(target, fault.kind, isShared), fault);
  const { status, directory } = expectedEnd(target, fault);
  // The engine answers a start itself, so such a demand has no fault here.
  const isHit = !(target.state.endsWith('AtScale') && fault.kind === 'loses its answer');
  const expected = isHit
    ? { statuses: [status], directory }
    : { statuses: ['SUCCEEDED'], directory: false as const };
  return judge(`fault: ${fault.kind}`, id, expected, found(id, outcome.status));
}

/** Kills the runs of a demand at any moment. The last run is not killed. */
async function withKills(id: string, random: () => number, isShared: boolean): Promise<Outcome> {
  const file = join(root.path, `${id}.json`);
  writeFileSync(file, JSON.stringify(demandOf(id, { command: COPY, isShared })));
  const start = () => new DemandProcess(root.path, [], ['run', file, '--root', root.path]);
  for (let kill = 0; kill < KILLS; kill++) {
    const killed = start();
    await setTimeout(random() * KILL_MS);
    killed.kill('SIGKILL');
    await killed.ended;
  }
  const { exitCode } = await start().ended;
  const expected = { statuses: ['SUCCEEDED'], directory: false } as const;
  return judge('run: killed twice', id, expected, found(id, exitCode === 0 ? 'SUCCEEDED' : 'FAILED'));
}

test(`${DEMANDS} demands with the seed ${SEED}`, async () => {
  const draws = drawsOf(SEED, DEMANDS, true);
  const outcomes: Outcome[] = [];
  const { signal } = new AbortController();
  const runOne = async (index: number) => void outcomes.push(await run(`demand-${index}`, draws[index]!));
  await runLimited([...draws.keys()], AT_ONCE, runOne, { signal });
  const { claims, halfWritten } = await heldIn(root);
  printTable(
    `soak, seed ${SEED}`,
    outcomes.map(({ row }) => row).toSorted((a, b) => a.state.localeCompare(b.state)),
  );
  process.stdout.write(
    `leases held: ${claims.length}; half-written files for the sweeper: ${halfWritten.length}\n`,
  );
  expect(outcomes.flatMap(({ mistake }) => mistake ?? [])).toEqual([]);
  expect(outcomes).toHaveLength(DEMANDS);
  expect(claims).toEqual([]);
});
