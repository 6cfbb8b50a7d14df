import fc from 'fast-check';
import { formatMoment, parseMoment } from '../../src/python/time';
import { runs } from '../demand/arbitraries';

test.each([
  ['2026-11-23T00:00:00+00:00', 1_795_392_000_000_000],
  ['2026-11-23T00:00:00Z', 1_795_392_000_000_000],
  ['2026-11-23 01:00:00.5+0100', 1_795_392_000_500_000],
  ['2026-11-22T23:00-01', 1_795_392_000_000_000],
  ['2026-11-23T00:00:00.123456789z', 1_795_392_000_123_456],
  [1_795_392_000, 1_795_392_000_000_000],
  [1_795_392_000_000, 1_795_392_000_000_000],
  ['1795392000.25', 1_795_392_000_250_000],
])('%j is read as %i microseconds since 1970', (given, microseconds) => {
  expect(parseMoment(given)).toBe(microseconds);
});

test.each(['soon', '', '2026-11-23', '2026-11-23T00:00:00', '2026-13-01T00:00:00Z', null, Number.NaN, 1e300])(
  '%p is no moment',
  (given) => {
    expect(parseMoment(given)).toBeUndefined();
  },
);

test('an object is no moment', () => {
  expect(parseMoment({})).toBeUndefined();
});

test('a moment is written as isoformat() of Python writes it', () => {
  expect(formatMoment(0)).toBe('1970-01-01T00:00:00Z');
  expect(formatMoment(1_795_392_000_000_000)).toBe('2026-11-23T00:00:00Z');
  expect(formatMoment(1_795_392_000_000_120)).toBe('2026-11-23T00:00:00.000120Z');
  expect(formatMoment(-1)).toBe('1969-12-31T23:59:59.999999Z');
});

test('a written moment reads back as the same moment', () => {
  const moment = fc.integer({ min: -1e15, max: 4e15 });
  fc.assert(
    fc.property(moment, (microseconds) => {
      expect(parseMoment(formatMoment(microseconds))).toBe(microseconds);
    }),
    runs(1_000),
  );
});
