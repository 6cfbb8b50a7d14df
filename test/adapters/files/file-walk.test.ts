import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { isInside, versionOf, type WalkOptions, walkFiles } from '../../../src/adapters/files/file-walk';
import { Leftovers } from '../../../src/adapters/files/leftovers';
import { compareKeys, isInRange, type KeyRange } from '../../../src/transfer/keys';
import type { StoredFile } from '../../../src/transfer/store';
import { plant, useFolder } from '../../transfer/folders';

const folder = useFolder();
const { signal } = new AbortController();

async function list(options: WalkOptions = {}): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for await (const file of walkFiles(folder.path, signal, options)) files.push(file);
  return files;
}
const keysIn = async (range?: KeyRange) => (await list({ range })).map(({ key }) => key);

test('files have sizes and versions', async () => {
  plant(folder.path, { 'a/b': '22' });
  const version = versionOf(statSync(join(folder.path, 'a/b')));
  expect(await list()).toEqual([{ key: 'a/b', size: 2, version }]);
});

test('any tree is listed in byte order, in any range', async () => {
  const name = fc.string({ minLength: 1, maxLength: 2, unit: fc.constantFrom('a', 'b', '-', '~', 'é') });
  const key = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(key, { maxLength: 10 }), key, key, async (given, after, upTo) => {
      for (const entry of readdirSync(folder.path)) rmSync(join(folder.path, entry), { recursive: true });
      const keys = given.filter((one) => !given.some((other) => other.startsWith(`${one}/`)));
      plant(folder.path, Object.fromEntries(keys.map((each) => [each, '1'])));
      const sorted = keys.toSorted(compareKeys);
      expect(await keysIn()).toEqual(sorted);
      expect(await keysIn({ after, upTo })).toEqual(
        sorted.filter((each) => isInRange(each, { after, upTo })),
      );
    }),
    { numRuns: 40 },
  );
});

test('a folder outside of the range is not read', async () => {
  plant(folder.path, { 'a/1': '1', 'b/1': '1', 'c/1': '1' });
  const noted: string[] = [];
  const leftovers = Object.assign(new Leftovers(), { note: (path: string) => noted.push(path) });
  await list({ range: { after: 'a~', upTo: 'b/x' }, leftovers });
  expect(noted).toEqual([folder.path, join(folder.path, 'b')]);
});

describe('files with names of the service', () => {
  const reserved = (key: string): StoredFile => ({
    key,
    size: 0,
    unsafe: "has a name of the service's own files",
    isReserved: true,
  });

  test('are listed with the reason, as are all files below such folders', async () => {
    plant(folder.path, {
      'a/.0123456789ab.00ff.partial': '1',
      'a/.demand.partial/in/content': '1',
      'a/.demand.verified': '1',
      '.demand.leases/x': '1',
      'a/b': '1',
    });
    symlinkSync('b', join(folder.path, 'a/.demand.kept'));
    expect(await list()).toEqual([
      reserved('.demand.leases/x'),
      reserved('a/.0123456789ab.00ff.partial'),
      reserved('a/.demand.kept'),
      reserved('a/.demand.partial/in/content'),
      reserved('a/.demand.verified'),
      expect.objectContaining({ key: 'a/b', size: 1 }),
    ]);
  });

  test('are not listed at the root of a mount, where no job writes: the records only', async () => {
    plant(folder.path, {
      '.demand.leases/x': '1',
      '.demand.verified/x': '1',
      '.demand.kept/x': '1',
      '.demand.partial/x': '1',
      'a/.demand.leases/x': '1',
      b: '1',
    });
    expect((await list({ isMountRoot: true })).map(({ key }) => key)).toEqual([
      '.demand.partial/x',
      'a/.demand.leases/x',
      'b',
    ]);
  });
});

test('a missing folder has no files', async () => {
  rmSync(folder.path, { recursive: true });
  expect(await list()).toEqual([]);
});

test('a removed file and a removed folder are left out', async () => {
  plant(folder.path, { 'a/1': '1', 'b/1': '1' });
  const keys: string[] = [];
  for await (const { key } of walkFiles(folder.path, signal)) {
    keys.push(key);
    rmSync(join(folder.path, 'b'), { recursive: true, force: true });
  }
  expect(keys).toEqual(['a/1']);
});

test('an abort ends the walk', async () => {
  plant(folder.path, { 'a/1': '1', 'b/1': '1' });
  const stop = new AbortController();
  const files = walkFiles(folder.path, stop.signal);
  await files.next();
  stop.abort(new Error('cancelled'));
  await expect(files.next()).rejects.toThrow('cancelled');
});

describe('entries that must not be read', () => {
  beforeEach(() => {
    plant(folder.path, { 'in/real': 'real', 'in/sub/x': 'x' });
    plant(`${folder.path}-out`, { secret: 'secret' });
  });
  afterEach(() => rmSync(`${folder.path}-out`, { recursive: true }));

  test.each([
    ['outside', () => `${folder.path}-out/secret`, 'is a symbolic link that leads outside'],
    ['nowhere', () => 'absent', 'is a symbolic link that leads nowhere'],
    ['to a folder', () => 'sub', 'is a symbolic link to a folder or a special file'],
  ])('a symbolic link that leads %s', async (_, target, unsafe) => {
    symlinkSync(target(), join(folder.path, 'in/link'));
    expect(await list()).toContainEqual({ key: 'in/link', size: 0, unsafe });
  });

  test('a link to a file inside the folder is that file', async () => {
    symlinkSync('real', join(folder.path, 'in/link'));
    const version = versionOf(statSync(join(folder.path, 'in/real')));
    expect(await list()).toContainEqual({ key: 'in/link', size: 4, version, isLink: true });
  });

  test('a pipe is listed with the reason', async () => {
    execFileSync('mkfifo', [join(folder.path, 'in/pipe')]);
    expect(await list()).toContainEqual({
      key: 'in/pipe',
      size: 0,
      unsafe: 'is neither a file nor a folder',
    });
  });

  test('a name that is not UTF-8 is listed with the reason, and with its bytes', async () => {
    const bad = Buffer.concat([Buffer.from(`${folder.path}/in/bad-`), Buffer.from([0xff])]);
    writeFileSync(bad, '1');
    plant(folder.path, { 'in/bad-\uFFFD': '22' });
    expect(await list()).toContainEqual({
      key: 'in/bad-\\xff',
      size: 0,
      unsafe: 'has a name that is not UTF-8',
    });
    expect(await list()).toContainEqual(expect.objectContaining({ key: 'in/bad-\uFFFD', size: 2 }));
  });

  test('the files of a folder whose name is not UTF-8 are listed with the reason', async () => {
    const bad = Buffer.concat([Buffer.from(`${folder.path}/in/`), Buffer.from([0x80])]);
    mkdirSync(Buffer.concat([bad, Buffer.from('/sub')]), { recursive: true });
    writeFileSync(Buffer.concat([bad, Buffer.from('/sub/file')]), '1');
    expect(await list()).toContainEqual({
      key: 'in/\\x80/sub/file',
      size: 0,
      unsafe: 'has a name that is not UTF-8',
    });
  });
});

test('empty folders are not listed', async () => {
  mkdirSync(join(folder.path, 'a/b'), { recursive: true });
  expect(await list()).toEqual([]);
});

test.each([
  ['/a', '/a', true],
  ['/a', '/a/b', true],
  ['/a', '/ab', false],
  ['/a', '/', false],
  ['/', '/a', true],
])('inside %s lies %s: %s', (outer, inner, expected) => {
  expect(isInside(outer, inner)).toBe(expected);
});
