import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(__dirname, '../..');
const REFERENCE = /^- `(test\/[^`]+)`: "([^"]+)"$/;

const faults = readFileSync(join(PROJECT, 'docs/reliability.md'), 'utf8')
  .split(/^### /m)
  .slice(1)
  .map((section): [string, string[]] => {
    const [title = '', ...lines] = section.split('\n');
    return [title, lines.filter((line) => line.startsWith('- '))];
  });

test('the page names more than 70 faults', () => {
  expect(faults.length).toBeGreaterThan(70);
});

test.each(faults)('%s: each named test exists', (_, references) => {
  expect(references).not.toEqual([]);
  expect(references.filter((reference) => !isThere(reference))).toEqual([]);
});

function isThere(reference: string): boolean {
  const [, file = '', title = ''] = REFERENCE.exec(reference) ?? [];
  const path = join(PROJECT, file);
  return existsSync(path) && file !== '' && readFileSync(path, 'utf8').replaceAll("\\'", "'").includes(title);
}
