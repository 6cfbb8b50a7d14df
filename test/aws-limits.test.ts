import { readdirSync, readFileSync } from 'node:fs';
import * as limits from '../src/aws-limits';

const text = readFileSync('src/aws-limits.ts', 'utf8');
const sources = ['src', 'functions', 'local', 'cli', 'deployment']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  .filter((file) => file.endsWith('.ts') && file !== 'src/aws-limits.ts');
/** A smaller number may also stand for something else. */
const TELLING = Object.values(limits).filter((value) => typeof value === 'number' && value > 10_000);

test.each(Object.keys(limits))('%s names its source', (name) => {
  const comment = text
    .slice(0, text.indexOf(`export const ${name} `))
    .split('/**')
    .at(-1);
  expect(comment).toMatch(/https:\/\/docs\.aws\.amazon\.com\/|The source is the same\./);
});

test.each(sources)('%s takes limits from src/aws-limits.ts', (file) => {
  const source = readFileSync(file, 'utf8').replaceAll(/(?<=\d)_(?=\d)/g, '');
  const numbers = (source.match(/\d+/g) ?? []).map(Number);
  expect(TELLING.filter((limit) => numbers.includes(limit as number))).toEqual([]);
  // The length of a bucket's name.
  expect(source).not.toContain('{1,61}');
});
