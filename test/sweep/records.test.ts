import type { Fate } from '../../src/sweep/fates';
import { readRecords } from '../../src/sweep/records';
import { CLEANED_UP_MS } from '../../src/sweep/settings';
import type { Reader } from '../../src/transfer/lease/readers';
import { localLocation } from '../../src/transfer/schemes/file-systems';

const NOW = 1_000 * CLEANED_UP_MS;
const location = localLocation('/mnt/shared/key');
const ended = (endedAt: number): Fate => ({ kind: 'ended', endedAt, hasSucceeded: false });
const FATES: Readonly<Record<string, Fate>> = {
  runs: { kind: 'running' },
  unclear: { kind: 'unknown' },
  forgotten: { kind: 'gone' },
  cleaning: ended(NOW - CLEANED_UP_MS + 1),
  over: ended(NOW - CLEANED_UP_MS),
};

function read(isDryRun: boolean, oldestBegin: () => Promise<number> = async () => 5) {
  const dropped: string[] = [];
  const readers = Object.keys(FATES).map((execution): Reader => ({ execution, location }));
  const records = readRecords('/mnt/shared', {
    readers: {
      add: async () => undefined,
      around: async () => [...readers, { execution: 'over', location }],
      drop: async (execution) => void dropped.push(execution),
    },
    uses: { around: async () => [{ location, usedAt: 3 }] },
    kept: {
      list: async () => [
        {
          mount: { path: '/mnt', fileSystemId: 'fs-1', root: '/' },
          kept: {
            execution: 'x',
            path: '/scratch/x',
            since: 4,
            reason: '',
            outputs: [],
            hasMissingOutput: false,
          },
        },
      ],
    },
    fates: { of: async (execution) => FATES[execution] ?? { kind: 'unknown' } },
    running: { oldestBegin },
    now: NOW,
    isDryRun,
  });
  return records.then((found) => ({ ...found, dropped }));
}

test('only the records of executions that have ended for long enough are dropped', async () => {
  const { readers, endedReaders, dropped, uses, kept, runningSince } = await read(false);
  expect(dropped).toEqual(['over']);
  expect(endedReaders.map(({ execution }) => execution)).toEqual(['over', 'over']);
  expect(readers.map(({ execution }) => execution)).toEqual(['runs', 'unclear', 'forgotten', 'cleaning']);
  expect({ uses, kept, runningSince }).toEqual({
    uses: [{ location, usedAt: 3 }],
    kept: new Map([['/mnt/scratch/x', 4]]),
    runningSince: 5,
  });
});

test('a dry run drops nothing, and knows the same readers', async () => {
  const { dropped, endedReaders } = await read(true);
  expect(dropped).toEqual([]);
  expect(endedReaders).toHaveLength(2);
});

test('without an answer, the begin of the oldest execution is unknown', async () => {
  const { runningSince } = await read(true, async () => {
    throw new Error('throttled');
  });
  expect(runningSince).toBeUndefined();
});
