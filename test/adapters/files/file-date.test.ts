import { closeSync, openSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dateBack, dateBackNow } from '../../../src/adapters/files/file-date';
import { versionOf } from '../../../src/adapters/files/file-walk';
import { plant, useFolder } from '../../transfer/folders';

const folder = useFolder();
const path = () => join(folder.path, 'a');
const WRITTEN_S = 1_700_000_000;

beforeEach(() => {
  plant(folder.path, { a: 'content' });
  utimesSync(path(), WRITTEN_S - 100, WRITTEN_S);
});

async function dateBackOpen(): Promise<string> {
  const file = openSync(path(), 'r+');
  try {
    return dateBackNow(file);
  } finally {
    closeSync(file);
  }
}

test.each([
  ['by its path', () => dateBack(path())],
  ['when it is open', dateBackOpen],
])('a file gets an mtime one millisecond earlier %s, and keeps its atime', async (_, date) => {
  const version = await date();
  const stats = statSync(path());
  expect(stats.mtimeMs).toBe(WRITTEN_S * 1000 - 1);
  expect(stats.atimeMs).toBe((WRITTEN_S - 100) * 1000);
  expect(version).toBe(versionOf(stats));
});

test('a write in the same millisecond gives the file another version', async () => {
  writeFileSync(path(), 'content');
  const { mtime } = statSync(path());
  const version = await dateBack(path());
  writeFileSync(path(), 'CONTENT');
  utimesSync(path(), mtime, mtime);
  expect(versionOf(statSync(path()))).not.toBe(version);
});
