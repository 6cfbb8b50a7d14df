import { readdirSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSweep } from '../../src/adapters/files/file-sweep';
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
});
