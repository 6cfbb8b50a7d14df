import { type Case, readVectors } from './vectors';

/** Features of the contract that no test here replays yet, by file. The list shrinks to nothing. */
const PENDING = {
  'data-sync': ['plan', 'sync', 'batch-sync', 'list', 'outdated', 'remove', 'stats'],
} as const;

test.each(Object.entries(PENDING))('not yet replayed of %s', (file, features: readonly string[]) => {
  const { cases } = readVectors(file as keyof typeof PENDING);
  const counted = features.map((feature) => [
    feature,
    cases.filter((given: Case) => given.feature === feature).length,
  ]);
  process.stdout.write(
    `not yet replayed of ${file}: ${counted.map(([name, count]) => `${name} (${count})`).join(', ')}\n`,
  );
  // A feature that nobody listed would be skipped silently.
  expect(cases.map(({ feature }) => feature).filter((feature) => !features.includes(feature))).toEqual([]);
});
