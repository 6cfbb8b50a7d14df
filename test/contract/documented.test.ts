import { existsSync, readFileSync } from 'node:fs';
import { BATCH_DEVIATIONS } from './batch-deviations';
import { DATA_SYNC_DEVIATIONS } from './data-sync-deviations';
import { DEVIATIONS } from './deviations';

const text = readFileSync('docs/deviations.md', 'utf8');

test('docs/deviations.md lists exactly the declared deviations', () => {
  const documented = Array.from(text.matchAll(/^\| `([^`]+)` +\|/gm), ([, name]) => name);
  expect(documented.toSorted()).toEqual(
    [...DEVIATIONS, ...BATCH_DEVIATIONS, ...DATA_SYNC_DEVIATIONS].map(({ name }) => name).toSorted(),
  );
});

test('each test that docs/deviations.md names exists', () => {
  const files = Array.from(text.matchAll(/`(test\/[^`]+\.ts)`/g), ([, file = '']) => file);
  expect(files).not.toHaveLength(0);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
