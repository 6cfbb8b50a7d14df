import fs, { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeEmptyFolders, removeIfEmpty } from '../../../src/adapters/files/file-folders';
import { plant, useFolder } from '../../transfer/folders';

const folder = useFolder();
const top = () => join(folder.path, 'top');

test('removes empty folders below a folder, and keeps the folder itself and full folders', async () => {
  plant(top(), { 'full/x': '1' });
  for (const path of ['empty/deep', 'full/empty']) mkdirSync(join(top(), path), { recursive: true });
  await removeEmptyFolders(top());
  expect(readdirSync(top(), { recursive: true })).toEqual(['full', 'full/x']);
});

test('keeps an empty folder itself, unless it may be removed too', async () => {
  mkdirSync(join(top(), 'empty'), { recursive: true });
  await removeEmptyFolders(top());
  expect(readdirSync(top())).toEqual([]);
  await removeIfEmpty(top());
  expect(existsSync(top())).toBe(false);
});

test('keeps a full folder that may be removed', async () => {
  plant(top(), { a: '1' });
  await removeIfEmpty(top());
  expect(readdirSync(top())).toEqual(['a']);
});

test('accepts a missing folder', async () => {
  await expect(removeEmptyFolders(top())).resolves.toBeUndefined();
  await expect(removeIfEmpty(top())).resolves.toBeUndefined();
});

describe('a failed removal', () => {
  const fail = (code: string) =>
    jest.spyOn(fs.promises, 'rmdir').mockRejectedValue(Object.assign(new Error(code), { code }));
  beforeEach(() => {
    mkdirSync(join(top(), 'empty'), { recursive: true });
  });
  afterEach(() => jest.restoreAllMocks());

  test.each(['ENOTEMPTY', 'EEXIST', 'EBUSY', 'ENOENT'])('with %s keeps the folder', async (code) => {
    fail(code);
    await expect(removeEmptyFolders(top())).resolves.toBeUndefined();
  });

  test('with EACCES is thrown', async () => {
    fail('EACCES');
    await expect(removeEmptyFolders(top())).rejects.toThrow('EACCES');
  });
});
