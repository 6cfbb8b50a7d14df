/** Trees with names of any bytes, as a job can make them: sizes, lists and removals. */
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { FileEntries } from '../../../src/adapters/files/file-entries';
import { removeEmptyFolders } from '../../../src/adapters/files/file-folders';
import { removingPathOf } from '../../../src/adapters/files/file-names';
import { FileTrees } from '../../../src/adapters/files/file-trees';
import { UNRESTRICTED } from '../../../src/rules/model';
import { getDataPathStats } from '../../../src/steps/get-data-path-stats';
import { listDataPaths } from '../../../src/steps/list-data-paths';
import { runs } from '../../demand/arbitraries';
import { useFolder } from '../../transfer/folders';

const folder = useFolder();
const { signal } = new AbortController();
const SLASH = Buffer.from('/');

/** The name of an entry: every byte but NUL and the slash. Half of the names are not UTF-8. */
const byteName = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0xff : byte))))
  .filter((name) => !['.', '..'].includes(name.toString()) && !name.toString().startsWith('.demand.'));
const bytePath = fc.array(byteName, { minLength: 1, maxLength: 5 });
const tree = fc.array(fc.record({ names: bytePath, size: fc.nat({ max: 50 }) }), { maxLength: 12 });

/** Makes files below a folder. A path that cannot be made, below a file or at a folder, is left out. @returns the bytes */
function plantBytes(root: string, files: readonly { names: readonly Buffer[]; size: number }[]): number {
  const sizes = new Map<string, number>();
  for (const { names, size } of files) {
    let path = Buffer.from(root);
    try {
      for (const name of names.slice(0, -1)) {
        path = Buffer.concat([path, SLASH, name]);
        mkdirSync(path, { recursive: true });
      }
      path = Buffer.concat([path, SLASH, names.at(-1) ?? Buffer.from('x')]);
      writeFileSync(path, Buffer.alloc(size));
      sizes.set(path.toString('latin1'), size);
    } catch {
      // The tree is smaller then.
    }
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

const freshRoot = () => mkdtempSync(join(folder.path, 'root-'));
const pathsOf = (root: string) => ({
  paths: new FileEntries({ root, toPath: ({ path }) => path }),
  signal,
  settings: { rules: UNRESTRICTED },
});

test('a tree of any names is removed whole, with the sum of its sizes', async () => {
  const removes = fc.asyncProperty(tree, async (files) => {
    const root = freshRoot();
    mkdirSync(join(root, 'work'));
    const bytes = plantBytes(join(root, 'work'), files);
    expect(await new FileTrees().removeTree(join(root, 'work'), root, signal)).toEqual({
      bytes,
      failures: [],
    });
    expect(readdirSync(root)).toEqual([]);
  });
  await fc.assert(removes, runs(150));
});

test('an interrupted removal of a tree of any names is finished', async () => {
  const finishes = fc.asyncProperty(tree, async (files) => {
    const root = freshRoot();
    const aside = removingPathOf(join(root, 'work'));
    mkdirSync(aside);
    const bytes = plantBytes(aside, files);
    expect(await new FileTrees().removeAside(join(root, 'work'), root, signal)).toEqual({
      bytes,
      failures: [],
    });
    expect(readdirSync(root)).toEqual([]);
  });
  await fc.assert(finishes, runs(50));
});

test('sizes count every file, and lists tell the paths that no request can name', async () => {
  const measures = fc.asyncProperty(tree, async (files) => {
    const root = freshRoot();
    const bytes = plantBytes(root, files);
    const stats = await getDataPathStats({ path: root }, pathsOf(root));
    expect(stats.path_stats.size_bytes).toBe(bytes);
    const listed = await listDataPaths({ path: root }, pathsOf(root));
    for (const path of listed.paths) expect(Buffer.from(path).toString()).toBe(path);
  });
  await fc.assert(measures, runs(50));
});

test('empty folders with names of any bytes are removed', async () => {
  const removes = fc.asyncProperty(fc.array(bytePath, { maxLength: 8 }), async (paths) => {
    const root = freshRoot();
    for (const names of paths)
      mkdirSync(Buffer.concat([Buffer.from(root), ...names.flatMap((name) => [SLASH, name])]), {
        recursive: true,
      });
    await removeEmptyFolders(root);
    expect(readdirSync(root)).toEqual([]);
  });
  await fc.assert(removes, runs(50));
});
