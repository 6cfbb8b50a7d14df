import { execFileSync } from 'node:child_process';
import fs, {
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { HeldFolder, TreeRemoval } from '../../../src/adapters/files/tree-removal';
import { harvest, plant, useFolder } from '../../transfer/folders';
import { everythingTakes } from './clock';

const folder = useFolder();
const { signal } = new AbortController();

async function remove(name: string, until = signal) {
  const held = await HeldFolder.open(folder.path);
  const removal = new TreeRemoval(until);
  try {
    await removal.remove(held, name);
  } finally {
    await held.close();
  }
  return { bytes: removal.bytes, failures: removal.failures };
}

describe('a held folder', () => {
  beforeEach(() => plant(folder.path, { 'in/a': 'a', 'other/a': 'other' }));
  const open = (name: string, links?: 'through links') => HeldFolder.open(join(folder.path, name), links);

  test('shows the path of its names, and opens inner folders', async () => {
    const outer = await HeldFolder.open(folder.path);
    const inner = await outer.openInner('in');
    expect(inner.shown).toBe(join(folder.path, 'in'));
    expect(await inner.realPath()).toBe(join(folder.path, 'in'));
    expect(fs.readFileSync(inner.pathOf('a'), 'utf8')).toBe('a');
    expect(await inner.device()).toBe(statSync(folder.path).dev);
    for (const each of [inner, outer]) await each.close();
  });

  test('stays the same folder when another folder takes its path', async () => {
    const held = await open('in');
    renameSync(join(folder.path, 'in'), join(folder.path, 'moved'));
    renameSync(join(folder.path, 'other'), join(folder.path, 'in'));
    expect(fs.readFileSync(held.pathOf('a'), 'utf8')).toBe('a');
    expect(await held.realPath()).toBe(join(folder.path, 'moved'));
    await held.close();
  });

  test('is opened through a link on request only', async () => {
    symlinkSync('in', join(folder.path, 'link'));
    await expect(open('link')).rejects.toMatchObject({ code: expect.stringMatching(/^(ENOTDIR|ELOOP)$/) });
    const held = await open('link', 'through links');
    expect(readdirSync(held.path)).toEqual(['a']);
    await held.close();
  });

  test('is not a file', async () => {
    writeFileSync(join(folder.path, 'file'), '');
    await expect(open('file')).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

test('a tree, a file and a link are removed, and a missing name is accepted', async () => {
  plant(folder.path, { 'work/a': '1', 'work/b/c': '22', file: '333', 'kept/x': '4' });
  symlinkSync('kept', join(folder.path, 'link'));
  expect(await remove('work')).toEqual({ bytes: 3, failures: [] });
  expect(await remove('file')).toEqual({ bytes: 3, failures: [] });
  expect(await remove('link')).toEqual({ bytes: 0, failures: [] });
  expect(await remove('absent')).toEqual({ bytes: 0, failures: [] });
  expect(harvest(folder.path)).toEqual({ 'kept/x': '4' });
});

test('continues after an entry that cannot be removed, and names it', async () => {
  plant(folder.path, { 'work/a': '1', 'work/locked/b': '2', 'work/z': '3' });
  const locked = join(folder.path, 'work/locked');
  chmodSync(locked, 0o500);
  const unlocked = process.getuid?.() === 0;
  const removed = await remove('work');
  const failures = unlocked ? [] : [expect.stringMatching(/\/locked\/b: EACCES/)];
  expect(removed).toEqual({ bytes: unlocked ? 3 : 2, failures });
  expect(harvest(folder.path)).toEqual(unlocked ? {} : { 'work/locked/b': '2' });
});

test('empties folders with more entries than fit into memory at once', async () => {
  const many = Array.from({ length: 1100 }, (_, index) => [`work/many/${index}`, '22'] as const);
  plant(folder.path, Object.fromEntries(many));
  for (let index = 0; index < 50; index++) mkdirSync(join(folder.path, `work/empty-${index}`));
  expect(await remove('work')).toEqual({ bytes: 2200, failures: [] });
  expect(readdirSync(folder.path)).toEqual([]);
});

describe.each([
  ['fast', 0.01, 300],
  ['slow', 30, 10],
])('on a %s disk', (_, ms, mostAtOnce) => {
  const unlinkNow = fs.unlinkSync;
  const busy = () => Object.assign(new Error("EBUSY: in use, unlink '/proc/self/fd/9/3'"), { code: 'EBUSY' });
  afterEach(() => jest.restoreAllMocks());

  test('only work of microseconds blocks everything else', async () => {
    everythingTakes(ms);
    const spy = jest.spyOn(fs, 'unlinkSync');
    plant(
      folder.path,
      Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`work/${index}`, '22'])),
    );
    symlinkSync('nowhere', join(folder.path, 'work/link'));
    truncateSync(join(folder.path, 'work/7'), 20 * 1024 ** 2);
    expect(await remove('work')).toEqual({ bytes: 598 + 20 * 1024 ** 2, failures: [] });
    expect(readdirSync(folder.path)).toEqual([]);
    if (ms < 1) expect(spy.mock.calls.length).toBeGreaterThanOrEqual(mostAtOnce);
    else expect(spy.mock.calls.length).toBeLessThan(mostAtOnce);
  });

  test('continues after a busy file, names it, and accepts a missing file', async () => {
    everythingTakes(ms);
    const names = Array.from({ length: 5 }, (_, index) => `${index}`);
    plant(folder.path, Object.fromEntries(names.map((name) => [`work/${name}`, '1'])));
    jest.spyOn(fs, 'unlinkSync').mockImplementation((path) => {
      if (String(path).endsWith('/3')) throw busy();
      unlinkNow(path);
      if (String(path).endsWith('/4')) unlinkNow(path);
    });
    const removed = await remove('work');
    expect(removed?.failures).toEqual([expect.stringMatching(/work\/3: EBUSY: in use$/)]);
    expect(Object.keys(harvest(folder.path))).toHaveLength(1);
  });

  test('stops between files after an abort', async () => {
    everythingTakes(ms);
    plant(
      folder.path,
      Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`work/${index}`, '1'])),
    );
    const stop = new AbortController();
    const unlinkSpy = jest.spyOn(fs, 'unlinkSync').mockImplementation((path) => {
      unlinkNow(path);
      stop.abort(new Error('cancelled'));
    });
    const removing = remove('work', stop.signal);
    await expect(removing).rejects.toThrow('cancelled');
    expect(unlinkSpy.mock.calls.length).toBeLessThan(100);
    expect(Object.keys(harvest(folder.path)).length).toBeGreaterThan(900);
  });
});

test('a tree that is deeper than the longest path is removed', async () => {
  // The tree is made of two halves: a path has at most 4,096 bytes.
  const half = Array.from({ length: 150 }, () => 'twenty-letters-a-name').join('/');
  for (const top of ['work', 'other']) mkdirSync(join(folder.path, top, half), { recursive: true });
  renameSync(join(folder.path, 'other'), join(folder.path, 'work', half, 'other'));
  expect(await remove('work')).toEqual({ bytes: 0, failures: [] });
  expect(readdirSync(folder.path)).toEqual([]);
});

test('a deep tree is removed whole, with few open files', async () => {
  mkdirSync(join(folder.path, 'deep'));
  const script =
    "import os, sys; os.chdir(sys.argv[1])\nfor _ in range(300): os.mkdir('d'); open('f', 'w').write('x'); os.chdir('d')";
  execFileSync('python3', ['-c', script, join(folder.path, 'deep')]);
  const open = () => readdirSync('/proc/self/fd').length;
  const before = open();
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, open());
  }, 20);
  expect(await remove('deep')).toEqual({ bytes: 300, failures: [] });
  clearInterval(timer);
  expect(most - before).toBeLessThan(200);
  expect(readdirSync(folder.path)).toEqual([]);
});
