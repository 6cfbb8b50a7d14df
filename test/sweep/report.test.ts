import { addToReport, MOST_NAMED, NOTHING_SWEPT, type PartReport, sumOf } from '../../src/sweep/report';

const EMPTY: PartReport = { part: 'tmp', ...NOTHING_SWEPT };

test('a report counts what was removed, by kind, and why units stay', () => {
  const report = addToReport(EMPTY, [
    { removed: 'temporary', path: '/a', bytes: 2 },
    { removed: 'temporary', path: '/b', bytes: 3 },
    { removed: 'partial', path: '/c', bytes: 1 },
    { stays: 'recent', count: 4 },
    { stays: 'recent' },
    { failure: 'EBUSY', path: '/d' },
  ]);
  expect(report).toEqual({
    part: 'tmp',
    removed: { temporary: { count: 2, bytes: 5 }, partial: { count: 1, bytes: 1 } },
    stays: { recent: 5 },
    failures: [{ path: '/d', reason: 'EBUSY' }],
    failureCount: 1,
    examples: ['/a', '/b', '/c'],
  });
  expect(sumOf([report, report, EMPTY])).toEqual({ count: 6, bytes: 12 });
});

test('a report of many units fits into a state', () => {
  const long = 'x'.repeat(10_000);
  const removed = Array.from({ length: 1_000 }, () => ({ removed: 'temporary', path: long, bytes: 1 }));
  const failed = Array.from({ length: 1_000 }, () => ({ failure: long, path: long }));
  const report = addToReport(addToReport(EMPTY, removed), failed);
  expect([report.examples.length, report.failures.length]).toEqual([MOST_NAMED, MOST_NAMED]);
  expect([report.removed.temporary?.count, report.failureCount]).toEqual([1_000, 1_000]);
  expect(JSON.stringify(report).length).toBeLessThan(40_000);
});
