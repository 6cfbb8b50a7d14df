import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(__dirname, '../..');
const REFERENCE = /`(test\/[^`]+)`: "([^"]+)"/g;

const rows = readFileSync(join(PROJECT, 'docs/reliability.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (fault|-+) /.test(line))
  .map((line) => line.slice(2, -2).split(' | ') as [string, string, string]);

test('there is a line for each of many faults', () => {
  expect(rows.length).toBeGreaterThan(30);
});

test.each(rows)('%s: each test that is named is there', (_, __, shownBy) => {
  const references = [...shownBy.matchAll(REFERENCE)].map(([, file = '', name = '']) => ({ file, name }));
  expect(references).toHaveLength(shownBy.split('<br>').length);
  const missing = references.filter(({ file, name }) => !contentOf(file).includes(name));
  expect(missing).toEqual([]);
});

function contentOf(file: string): string {
  const path = join(PROJECT, file);
  return existsSync(path) ? readFileSync(path, 'utf8').replaceAll("\\'", "'") : '';
}
