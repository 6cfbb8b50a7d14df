import { execFileSync } from 'node:child_process';
import { type Dir, mkdirSync, renameSync, symlinkSync, utimesSync } from 'node:fs';
import promises from 'node:fs/promises';
import { join } from 'node:path';
import { measureEntry } from '../../../src/adapters/files/file-sweep-measure';
import type { MeasureOptions } from '../../../src/sweep/files';
import { plant, useFolder } from '../../transfer/folders';

const folder = useFolder();
const at = (name: string) => join(folder.path, name);
const { signal } = new AbortController();
const measure = (name: string, more: Partial<MeasureOptions> = {}) =>
  measureEntry(at(name), name, { signal, ...more });

test('a missing entry has no measure', async () => {
  expect(await measure('a')).toBeUndefined();
});

test('a folder has the bytes of all files in it, and follows no link', async () => {
  plant(at('elsewhere'), { big: 'x'.repeat(1_000) });
  plant(at('unit'), { a: 'abc', 'deep/er/b': 'de' });
  symlinkSync(at('elsewhere'), at('unit/folder'));
  symlinkSync(at('elsewhere/big'), at('unit/file'));
  expect(await measure('unit')).toMatchObject({ bytes: 5, isWhole: true, partials: [] });
});

test('more entries than are looked at in one step count', async () => {
  plant(at('unit'), Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`${index}`, 'x'])));
  expect(await measure('unit')).toMatchObject({ bytes: 130, isWhole: true });
});

test('an old mtime hides no change, as no user can set a ctime', async () => {
  const before = Date.now() - 1_000;
  plant(at('unit'), { a: 'x' });
  utimesSync(at('unit/a'), 0, 0);
  utimesSync(at('unit'), 0, 0);
  expect((await measure('unit'))?.changed).toBeGreaterThan(before);
});

test('a move of an entry is no change of it', async () => {
  mkdirSync(at('unit'));
  plant(folder.path, { a: 'x' });
  for (const name of ['unit', 'a']) {
    utimesSync(at(name), 5, 5);
    renameSync(at(name), at(`${name}.moved`));
  }
  expect((await measure('a.moved', { isMoved: true }))?.changed).toBe(5_000);
  expect((await measure('a.moved'))?.changed).toBeGreaterThan(5_000);
  expect((await measure('unit.moved', { isMoved: true }))?.changed).toBe(0);
});

test('a measurement stops at a recent change, and is not whole then', async () => {
  plant(at('unit'), { 'a/deep': 'x' });
  expect(await measure('unit', { until: 0 })).toMatchObject({ bytes: 0, isWhole: false });
  expect(await measure('unit', { until: Date.now() + 60_000 })).toMatchObject({ bytes: 1, isWhole: true });
});

test('half-written files of killed calls are found with their keys', async () => {
  const partial = '.0123456789ab.ba9876543210.partial';
  plant(at('unit'), { [`deep/${partial}`]: 'x', 'deep/a.partial': 'x' });
  mkdirSync(at(`unit/${partial}`));
  expect((await measure('unit'))?.partials.map(({ key }) => key)).toEqual([`unit/deep/${partial}`]);
});

test('a stop ends a measurement with its reason', async () => {
  plant(at('unit'), { a: 'x' });
  await expect(measure('unit', { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow(
    'stopped',
  );
});

test('a tree whose paths are longer than the system takes is measured whole', async () => {
  const deep =
    "import os, sys; os.chdir(sys.argv[1])\nfor _ in range(400): os.mkdir('d' * 30); os.chdir('d' * 30)\nopen('f', 'w').write('four')";
  mkdirSync(at('unit'));
  execFileSync('python3', ['-c', deep, at('unit')]);
  try {
    expect(await measure('unit')).toMatchObject({ bytes: 4, isWhole: true });
  } finally {
    execFileSync('rm', ['-r', at('unit')]);
  }
});

test('a listing that fails in its middle is not whole', async () => {
  plant(at('unit'), { a: 'x', 'in/b': 'x' });
  // Node asks for the type of an entry where the file system does not tell it, and the entry may be gone.
  const gone = Object.assign(new Error('gone'), { code: 'ENOENT' });
  async function* listing() {
    yield { name: Buffer.from('a') };
    throw gone;
  }
  jest.spyOn(promises, 'opendir').mockImplementationOnce(async () => listing() as unknown as Dir);
  expect(await measure('unit')).toMatchObject({ isWhole: false });
});
