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
import { expectedEnd, TARGETS } from '../faults/matrix/expected';
import { type Fault, KINDS } from '../faults/matrix/faults';
import { printTable, type Row } from '../faults/matrix/table';
import { demandOf, heldIn, INPUT, leftOf, plantRoot, runIn } from '../faults/matrix/world';
import { HOSTILE_JOBS } from './hostile-commands';

const DEMANDS = Number(process.env.SOAK_DEMANDS ?? 500);
const SEED = Number(process.env.SOAK_SEED ?? 1);
const AT_ONCE = 16;
/** Share of the demands with a fault, and share with a hostile job. The other runs are killed. */
const FAULTS = 0.6;
const HOSTILE = 0.3;
const KILLS = 2;
/** A run is killed within this time after its start. It takes about as long. */
const KILL_MS = 1_500;
const NO_FAULT: Fault = { kind: 'throws', state: '', once: true };

let root: LocalRoot;
beforeAll(async () => {
  root = await plantRoot();
});
afterAll(() => rm(root.path, { recursive: true, force: true, maxRetries: 5 }));

/** A generator of numbers from 0 to 1 (mulberry32): the same for each seed. */
function generatorOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Outcome = { readonly row: Row; readonly mistake?: string };

/** Returns the row of an ended demand, and what is not as it should be. */
function judge(
  kind: string,
  id: string,
  expected: { readonly status: string; readonly directory: boolean | 'either' },
  status: string,
): Outcome {
  const { stored, hasDirectory, isInputWhole } = leftOf(root, id);
  const isLost = (status === 'SUCCEEDED' && stored !== INPUT) || !isInputWhole;
  const isLeft = expected.directory === false && hasDirectory;
  const row: Row = {
    state: kind,
    succeeded: Number(status === 'SUCCEEDED'),
    failed: Number(status !== 'SUCCEEDED'),
    bytesLost: isLost ? INPUT.length : 0,
    thingsLeft: Number(isLeft),
    kept: Number(hasDirectory && !isLeft),
  };
  const isWrong = status !== expected.status || isLost || isLeft;
  return { row, ...(isWrong && { mistake: `${id}: ${JSON.stringify({ ...row, expected })}` }) };
}

async function withFault(id: string, random: () => number): Promise<Outcome> {
  const target = TARGETS[Math.floor(random() * TARGETS.length)]!;
  const kinds = target.kinds ?? KINDS;
  const kind = kinds[Math.floor(random() * kinds.length)]!;
  const fault: Fault = { kind, state: target.state, once: kind === 'is stopped' || random() < 0.7 };
  const { outcome } = await runIn(root, id, target.way, fault);
  return judge(`fault: ${kind}`, id, expectedEnd(target, fault), outcome.status);
}

async function withHostileJob(id: string, random: () => number): Promise<Outcome> {
  const { name, command, status, keeps = false } = HOSTILE_JOBS[Math.floor(random() * HOSTILE_JOBS.length)]!;
  const { outcome } = await runIn(root, id, { command: [command], atScale: false }, NO_FAULT);
  return judge(`job: ${name}`, id, { status, directory: keeps ? 'either' : false }, outcome.status);
}

/** Kills the runs of a demand at any moment. The last run is not killed. */
async function withKills(id: string, random: () => number): Promise<Outcome> {
  const file = join(root.path, `${id}.json`);
  writeFileSync(file, JSON.stringify(demandOf(id, ['cp', '${DATA}', '${OUT}'])));
  const start = () => new DemandProcess(root.path, [], ['run', file, '--root', root.path]);
  for (let kill = 0; kill < KILLS; kill++) {
    const killed = start();
    await setTimeout(random() * KILL_MS);
    killed.kill('SIGKILL');
    await killed.ended;
  }
  const { exitCode } = await start().ended;
  return judge(
    'run: killed twice',
    id,
    { status: 'SUCCEEDED', directory: false },
    exitCode === 0 ? 'SUCCEEDED' : 'FAILED',
  );
}

test(`${DEMANDS} demands with the seed ${SEED}`, async () => {
  const random = generatorOf(SEED);
  // All draws come first, in one order: the demands themselves end in any order.
  const plans = Array.from({ length: DEMANDS }, (_, index) => {
    const draw = random();
    const own = generatorOf(SEED * 1_000_003 + index);
    const run = draw < FAULTS ? withFault : draw < FAULTS + HOSTILE ? withHostileJob : withKills;
    return () => run(`demand-${index}`, own);
  });
  const outcomes: Outcome[] = [];
  const { signal } = new AbortController();
  await runLimited(plans, AT_ONCE, async (plan) => void outcomes.push(await plan()), { signal });
  const { held, partialFiles } = await heldIn(root);
  printTable(
    `soak, seed ${SEED}`,
    outcomes.map(({ row }) => row).toSorted((a, b) => a.state.localeCompare(b.state)),
  );
  process.stdout.write(
    `leases and readers held: ${held}; half-written files for the sweeper: ${partialFiles.length}\n`,
  );
  expect(outcomes.flatMap(({ mistake }) => mistake ?? [])).toEqual([]);
  expect(outcomes).toHaveLength(DEMANDS);
  expect(held).toBe(0);
});
