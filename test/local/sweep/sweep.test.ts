/** Sweeps of a root by the state machine, on the embedded engine. */
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executionArn } from '../../../local/engine/definitions';
import { claimAttempt, closeAttempt } from '../../../local/execution/attempts';
import { attemptFates } from '../../../local/sweep/attempt-fates';
import { sweepRoot } from '../../../local/sweep/sweep';
import { LocalRoot } from '../../../local/world/root';
import type { SweepEvent } from '../../../src/sweep/event';
import { harvest, plant, useFolder } from '../../transfer/folders';

const DAY_MS = 24 * 3_600_000;
const folder = useFolder();
const root = () => new LocalRoot(folder.path);
const at = (...names: string[]) => join(folder.path, ...names);
const arn = (name: string) => executionArn('demand-execution', name);

async function sweep(
  aheadDays: number,
  more: { isDryRun?: boolean; isApiRunning?: boolean; days?: number } = {},
): Promise<SweepEvent> {
  const swept = await sweepRoot({
    root: root(),
    isDryRun: false,
    isApiRunning: false,
    signal: new AbortController().signal,
    now: () => Date.now() + aheadDays * DAY_MS,
    ...more,
  });
  if (!('report' in swept)) throw new Error(`${swept.error}: ${swept.cause}`);
  return swept.report;
}

/** The lease of the sweeper itself is old, as the clock is ahead: the records may count it. */
const itemsOf = ({ parts }: SweepEvent) =>
  parts
    .filter(({ part }) => part !== 'records')
    .flatMap(({ removed }) => Object.values(removed))
    .reduce((sum, { count }) => sum + count, 0);

async function run(id: string, end?: 'SUCCEEDED' | 'FAILED'): Promise<void> {
  const claim = await claimAttempt(root().executions, id, { id });
  if (claim.kind !== 'mine') throw new Error('the attempt was taken');
  const { number, folder: notes } = claim.attempt;
  if (end !== undefined) await closeAttempt({ number, folder: notes }, { status: end });
  plant(at('efs/scratch', id), { a: 'x', '.demand.owner': arn(number === 1 ? id : `${id}-${number}`) });
}

test('directories of ended runs go by their age, and those of running ones stay', async () => {
  await run('done', 'SUCCEEDED');
  await run('failed', 'FAILED');
  await run('runs');
  expect(itemsOf(await sweep(16))).toBe(1);
  expect(readdirSync(at('efs/scratch')).sort()).toEqual(['failed', 'runs']);
  await sweep(31);
  expect(readdirSync(at('efs/scratch'))).toEqual(['runs']);
});

test('a number of days replaces all ages', async () => {
  await run('failed', 'FAILED');
  plant(at('efs'), { 'shared/key/a': 'x', 'tmp/b': 'x', 'scratch/tmp/c': 'x' });
  expect(itemsOf(await sweep(1.9, { days: 2 }))).toBe(0);
  expect(itemsOf(await sweep(2.1, { days: 2 }))).toBe(4);
});

test('attempts that were set aside, and runs that were killed, go as failed runs do', async () => {
  await run('again', 'FAILED');
  const { rename } = await import('node:fs/promises');
  await rename(at('efs/scratch/again'), at('efs/scratch/again.attempt-1'));
  await run('again', 'SUCCEEDED');
  await run('killed');
  const owner = at('executions/killed/1/owner.json');
  writeFileSync(owner, JSON.stringify({ pid: process.pid, processStart: 'another', inputHash: '' }));
  expect(await attemptFates(root().executions).of(arn('killed'))).toMatchObject({
    kind: 'ended',
    hasSucceeded: false,
  });
  expect(itemsOf(await sweep(31))).toBe(3);
  expect(readdirSync(at('efs/scratch'))).toEqual([]);
});

test('the reserve of a killed run goes at once, and that of a running one stays', async () => {
  for (const id of ['killed', 'runs']) {
    await run(id);
    mkdirSync(at('executions', id, '1/reserve'));
    writeFileSync(at('executions', id, '1/reserve/space'), 'xxxx');
  }
  const owner = { pid: process.pid, processStart: 'another', inputHash: '' };
  writeFileSync(at('executions/killed/1/owner.json'), JSON.stringify(owner));
  const told = { removed: { reserve: { count: 1, bytes: 4 } }, stays: { execution: 1 } };
  for (const isDryRun of [true, false]) {
    expect((await sweep(0, { isDryRun })).parts).toContainEqual(
      expect.objectContaining({ part: 'local_runs', ...told }),
    );
    expect(existsSync(at('executions/killed/1/reserve'))).toBe(isDryRun);
  }
  expect(existsSync(at('executions/killed/1/owner.json'))).toBe(true);
  expect(existsSync(at('executions/runs/1/reserve'))).toBe(true);
});

test('a dry run changes nothing and tells the same', async () => {
  await run('done', 'SUCCEEDED');
  plant(at('efs/shared/key'), { b: 'y' });
  const before = harvest(folder.path);
  const planned = await sweep(31, { isDryRun: true });
  expect(harvest(folder.path)).toEqual(before);
  expect(planned).toMatchObject({ dry_run: true, status: 'SUCCEEDED', removed: { count: 2 } });
  expect(itemsOf(await sweep(31))).toBe(2);
});

describe('the fate of an execution', () => {
  test('an attempt is found by its number, and by an id that ends like one', async () => {
    await run('a', 'SUCCEEDED');
    await run('a', 'FAILED');
    await run('b-2', 'SUCCEEDED');
    const fates = attemptFates(root().executions);
    expect(await fates.of(arn('a'))).toMatchObject({ kind: 'ended', hasSucceeded: true });
    expect(await fates.of(arn('a-2'))).toMatchObject({ kind: 'ended', hasSucceeded: false });
    expect(await fates.of(arn('b-2'))).toMatchObject({ kind: 'ended', hasSucceeded: true });
    expect(await fates.of(arn('c'))).toEqual({ kind: 'gone' });
    expect(await fates.of('arn:aws:states:us-west-2:111122223333:execution:m:a')).toEqual({
      kind: 'unknown',
    });
  });

  test('an attempt is found by an id whose name in a path would be too long', async () => {
    const id = 'ü'.repeat(120);
    await run(id);
    expect(await attemptFates(root().executions).of(arn(id))).toEqual({ kind: 'running' });
  });

  test('the oldest running one counts', async () => {
    const fates = attemptFates(root().executions);
    expect(await fates.oldestBegin()).toBe(Number.POSITIVE_INFINITY);
    await run('old');
    await run('new');
    await run('done', 'SUCCEEDED');
    utimesSync(at('executions/old/1/owner.json'), 1_000, 1_000);
    utimesSync(at('executions/done/1/owner.json'), 500, 500);
    expect(await fates.oldestBegin()).toBe(1_000_000);
  });
});

describe('file systems of earlier local APIs', () => {
  beforeEach(() => {
    plant(at('api/efs/fs-1/scratch'), { a: 'four' });
    mkdirSync(at('api/efs/fs-2'));
  });

  test('they go by their age', async () => {
    await sweep(14);
    expect(readdirSync(at('api/efs'))).toHaveLength(2);
    expect((await sweep(16)).parts).toContainEqual(
      expect.objectContaining({ part: 'local_up', removed: { file_system: { count: 2, bytes: 4 } } }),
    );
    expect(readdirSync(at('api/efs'))).toEqual([]);
  });

  test('a begun removal is ended an hour later', async () => {
    plant(at('api/efs/.0123456789ab.0123456789ab.removing'), { b: 'x' });
    await sweep(0);
    expect(readdirSync(at('api/efs'))).toHaveLength(3);
    await sweep(1 / 23);
    expect(readdirSync(at('api/efs')).sort()).toEqual(['fs-1', 'fs-2']);
  });

  test('they stay in a dry run, and while a local API runs', async () => {
    await sweep(16, { isDryRun: true });
    await sweep(16, { isApiRunning: true });
    expect(existsSync(at('api/efs/fs-1/scratch/a'))).toBe(true);
  });
});

test('a root without anything is swept', async () => {
  expect(await sweep(31)).toMatchObject({
    status: 'SUCCEEDED',
    removed: { count: 0, bytes: 0 },
    failed_parts: [],
  });
});
