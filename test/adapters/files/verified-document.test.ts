import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadRows, saveRows } from '../../../src/adapters/files/verified-document';
import { VerifiedRows } from '../../../src/adapters/files/verified-rows';
import { useFolder } from '../../transfer/folders';

const folder = useFolder();
const DAY = 20_000;
const TAG = '0123456789abcdef0123456789abcdef';
const path = (name = 'deep/record') => join(folder.path, name);

function rowsOf(days: Readonly<Record<string, number>>): VerifiedRows {
  const rows = new VerifiedRows();
  for (const [file, day] of Object.entries(days)) rows.set(file, 'v1', { tag: TAG, isComputed: true }, day);
  return rows;
}
const knows = async (file: string, name?: string) =>
  (await loadRows(path(name))).find(file, 'v1', DAY) !== undefined;

test('saved rows are loaded again', async () => {
  await saveRows(path(), rowsOf({ a: DAY, b: DAY }), DAY);
  expect((await loadRows(path())).find('a', 'v1', DAY)).toEqual({ tag: TAG, isComputed: true });
  expect(await knows('b')).toBe(true);
  expect(await knows('c')).toBe(false);
});

test('rows that were unused for more than 60 days are not saved', async () => {
  await saveRows(path(), rowsOf({ old: DAY - 61, kept: DAY - 60 }), DAY);
  expect([await knows('old'), await knows('kept')]).toEqual([false, true]);
});

test('a second save replaces the record, and leaves no other file', async () => {
  await saveRows(path(), rowsOf({ a: DAY }), DAY);
  await saveRows(path(), rowsOf({ b: DAY }), DAY);
  expect([await knows('a'), await knows('b')]).toEqual([false, true]);
  expect(readdirSync(join(folder.path, 'deep'))).toEqual(['record']);
});

test('a failed save leaves the old record, and no other file', async () => {
  await saveRows(path(), rowsOf({ a: DAY }), DAY);
  const failing = Object.assign(rowsOf({ b: DAY }), {
    rowsSince: () => {
      throw new Error('ENOSPC');
    },
  });
  await expect(saveRows(path(), failing, DAY)).rejects.toThrow('ENOSPC');
  expect(await knows('a')).toBe(true);
  expect(readdirSync(join(folder.path, 'deep'))).toEqual(['record']);
});

describe('no row is loaded from', () => {
  beforeEach(() => saveRows(path('record'), rowsOf({ a: DAY, b: DAY }), DAY));
  const change = (at: number) => {
    const content = readFileSync(path('record'));
    content[at] = (content[at] ?? 0) ^ 1;
    writeFileSync(path('record'), content);
  };

  test.each<[string, () => void]>([
    ['an empty file', () => truncateSync(path('record'), 0)],
    [
      'a file without its last row',
      () => truncateSync(path('record'), readFileSync(path('record')).length - 44),
    ],
    [
      'a file without its last byte',
      () => truncateSync(path('record'), readFileSync(path('record')).length - 1),
    ],
    ['a longer file', () => appendFileSync(path('record'), Buffer.alloc(44))],
    ['a file with another format', () => change(0)],
    ['a file with a changed row', () => change(40)],
    ['a file with a changed digest', () => change(readFileSync(path('record')).length - 1)],
    ['a foreign file', () => writeFileSync(path('record'), '{"files": 3}')],
  ])('%s', async (_, ruin) => {
    expect(await knows('a', 'record')).toBe(true);
    ruin();
    expect(await knows('a', 'record')).toBe(false);
  });

  test('a missing file, a pipe or a link', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    symlinkSync('record', path('link'));
    for (const name of ['missing', 'pipe', 'link']) expect(await knows('a', name)).toBe(false);
  });
});
