import { readdirSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSweep } from '../../src/adapters/files/file-sweep';
import { sweep } from '../../src/steps/sweep';
import type { SweptFiles } from '../../src/sweep/files';
import { localLocation } from '../../src/transfer/schemes/file-systems';
import { harvest, plant, useFolder } from '../transfer/folders';
import { EXECUTION, SweptWorld } from './worlds';

const folder = useFolder();
let world: SweptWorld;
beforeEach(() => {
  world = new SweptWorld(folder.path);
});

const at = (...names: string[]) => join(folder.path, ...names);

const PARTIAL = '.0123456789ab.0123456789ab.partial';
const files = (changes: Partial<SweptFiles>): SweptFiles => ({ ...fileSweep, ...changes });

test('a missing volume has nothing to sweep', async () => {
  expect(await world.sweep('shared')).toMatchObject({ removed: {}, stays: {}, failures: [] });
});

test('a dry run tells what a sweep removes, and changes nothing', async () => {
  plant(at('shared'), { 'key/a': 'abc' });
  await world.readers.add(localLocation(at('shared/key')), `${EXECUTION}left`);
  await world.readers.drop(`${EXECUTION}left`);
  plant(at('shared'), { 'other/b': 'de' });
  world.pass(31);
  const before = harvest(folder.path);
  expect((await world.sweep('shared', { dry_run: true })).removed).toEqual({
    shared_input: { count: 2, bytes: 5 },
  });
  expect(harvest(folder.path)).toEqual(before);
  expect((await world.sweep('shared')).removed).toEqual({ shared_input: { count: 2, bytes: 5 } });
});

test('a volume that is a link out of its file system is refused', async () => {
  plant(at('elsewhere'), { a: 'x' });
  const inner = join(folder.path, 'efs');
  await mkdir(inner);
  const { symlinkSync } = await import('node:fs');
  symlinkSync(at('elsewhere'), join(inner, 'tmp'));
  const linked = new SweptWorld(inner);
  linked.pass(30);
  await expect(linked.sweep('tmp')).rejects.toThrow('outside');
  await rename(at('elsewhere/a'), at('elsewhere/b'));
});

describe('calls that end early', () => {
  test('a survey and a removal of many calls sweep as one call does', async () => {
    for (let index = 0; index < 20; index++) {
      world.direct(`done-${index}`, { a: 'x' });
      world.end(`done-${index}`);
    }
    world.pass(16);
    let left = 0;
    // Each call has time for three looks.
    world.remainingMs = () => (++left % 4 === 0 ? 0 : 900_000);
    const { calls, removed, stays } = await world.sweep('scratch');
    expect(calls).toBeGreaterThan(3);
    expect({ removed: removed.working_directory?.count, stays }).toEqual({ removed: 20, stays: {} });
    expect(readdirSync(at('scratch'))).toEqual([]);
    expect(readdirSync(at('.demand.leases/sweeps'))).toEqual([]);
  });

  test('the removal of a large unit goes on in the next call', async () => {
    const tree = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`${index % 7}/${index}`, 'x']),
    );
    plant(at('shared/key'), tree);
    world.pass(31);
    let removals = 0;
    const slow = files({
      remove: async (volume, key, signal) => {
        if (++removals <= 2) throw world.endCall();
        return fileSweep.remove(volume, key, signal);
      },
    });
    const { calls, removed } = await world.sweep('shared', {}, { files: slow });
    expect({ calls, removed }).toEqual({ calls: 3, removed: { shared_input: { count: 1, bytes: 300 } } });
    expect(readdirSync(at('shared'))).toEqual([]);
  });

  test('a unit that a whole call cannot measure stays, and the sweep goes on behind it', async () => {
    plant(at('shared'), { 'a/huge': 'x', 'b/small': 'x' });
    world.pass(31);
    const endless = files({
      measure: async (volume, key, options) => {
        if (!key.startsWith('a')) return fileSweep.measure(volume, key, options);
        throw world.endCall();
      },
    });
    const { removed, stays } = await world.sweep('shared', {}, { files: endless });
    expect({ removed, stays }).toEqual({
      removed: { shared_input: { count: 1, bytes: 1 } },
      stays: { unknown: 1 },
    });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('a survey that ends after entry %d finds the same', async (cut) => {
    const inputs = { 'a/x': 'x', 'a-b/y': 'yy', 'a.c/z': 'z', 'a b': 'z' };
    plant(at('shared'), { ...inputs, [`a/${PARTIAL}`]: 'p', 'a/.000000000000.000000000000.partial': 'p' });
    plant(at('tmp'), { 'a/x': 'x', 'a/y': 'y', 'a-b': 'zz', 'a.b/c': 'z', a0: 'z', A: 'z' });
    world.pass(20);
    await world.readers.add(localLocation(at('shared/a-b')), `${EXECUTION}reads`);
    world.fates.set(`${EXECUTION}reads`, { kind: 'running' });
    plant(at('tmp/a'), { recent: 'x' });
    for (const role of ['shared', 'tmp'] as const) {
      const request = { dry_run: true, volume: { max_depth: role === 'tmp' ? 2 : 1 } };
      world.remainingMs = () => 900_000;
      const { calls: _, examples: __, ...whole } = await world.sweep(role, request);
      let looks = 0;
      world.remainingMs = () => (++looks === cut ? 0 : 900_000);
      expect(await world.sweep(role, request)).toMatchObject(whole);
    }
  });

  describe('a call whose answer was lost', () => {
    const sweepOnce = (more: object) => {
      const volume = { role: 'scratch', path: '/scratch', days_since_last_accessed: 15 };
      const part = { function: 0, file_system_id: 'fs-1', volume };
      return sweep({ execution: 'sweep', request: { volumes: [volume] }, part, ...more }, world.world());
    };
    const next = ({ cursor, report }: Awaited<ReturnType<typeof sweepOnce>>) => ({ cursor, so_far: report });

    beforeEach(() => {
      for (let index = 0; index < 20; index++) {
        world.direct(`done-${index}`, { a: 'x' });
        world.end(`done-${index}`);
      }
      world.pass(16);
      let looks = 0;
      world.remainingMs = () => (++looks === 5 ? 0 : 900_000);
    });

    test('is called again after the end of the sweep', async () => {
      const begun = await sweepOnce({});
      expect((await sweepOnce(next(begun))).status).toBe('DONE');
      expect(await sweepOnce(next(begun))).toMatchObject({ status: 'DONE', report: { failure_count: 0 } });
    });

    test('is called again after it has noted all units, and finds each unit once', async () => {
      const begun = await sweepOnce({});
      let looks = 0;
      // After the survey of the other 15 units.
      world.remainingMs = () => (++looks === 16 ? 0 : 900_000);
      const { status, cursor } = await sweepOnce(next(begun));
      expect({ status, ...JSON.parse(cursor) }).toMatchObject({
        status: 'INCOMPLETE',
        phase: 'remove',
        done: 0,
      });
      world.remainingMs = () => 900_000;
      const { report } = await sweepOnce(next(begun));
      expect(report.removed.working_directory?.count).toBe(20);
      expect(report.stays).toEqual({});
    });
  });

  test('a unit that takes the time of the call leaves the other units to the next call', async () => {
    plant(at('tmp'), { a: 'x', b: 'x', c: 'x' });
    world.pass(20);
    const surveyed = new Set<string>();
    const slow = files({
      measure: async (volume, key, options) => {
        if (key === 'b' && surveyed.has(key)) {
          world.endCall();
          options.signal.throwIfAborted();
          throw new Error('the measurement goes on after the deadline');
        }
        surveyed.add(key);
        return fileSweep.measure(volume, key, options);
      },
    });
    const { calls, removed, failures } = await world.sweep('tmp', {}, { files: slow });
    expect({ calls, removed }).toEqual({ calls: 3, removed: { temporary: { count: 2, bytes: 2 } } });
    expect(failures).toEqual([{ path: at('tmp/b'), reason: 'the time of the call is over' }]);
    expect(readdirSync(at('tmp'))).toEqual(['b']);
  });

  test('a dry run tells a unit that it cannot measure in one call, and goes on', async () => {
    plant(at('tmp'), { a: 'x', b: 'x', c: 'x' });
    world.pass(20);
    const surveyed = new Set<string>();
    const slow = files({
      measure: async (volume, key, options) => {
        if (key === 'b' && surveyed.has(key)) throw world.endCall();
        surveyed.add(key);
        return fileSweep.measure(volume, key, options);
      },
    });
    const { calls, removed } = await world.sweep('tmp', { dry_run: true }, { files: slow });
    expect({ calls, removed }).toEqual({ calls: 3, removed: { temporary: { count: 3, bytes: 3 } } });
  });
});

test('a volume with more items than one sweep looks at is swept in parts, and the report says so', async () => {
  plant(at('tmp'), { a: 'x', b: 'x', c: 'x', d: 'x', e: 'x' });
  world.pass(20);
  const settings = { ...world.world().settings, mostUnits: 3 };
  let looks = 0;
  world.remainingMs = () => (++looks === 2 ? 0 : 900_000);
  const first = await world.sweep('tmp', {}, { settings });
  expect(first.removed).toEqual({ temporary: { count: 3, bytes: 3 } });
  expect(first.failures).toEqual([
    { path: at('tmp'), reason: 'it has more than 3 items. The next sweep looks at the others' },
  ]);
  expect(await world.sweep('tmp', {}, { settings })).toMatchObject({
    removed: { temporary: { count: 2 } },
    failures: [],
  });
});
