import { Pace } from '../../../cli/aws/follow';
import { formatDuration } from '../../../cli/aws/format';

test.each([
  [-5, '0.00 s'],
  [1_250, '1.25 s'],
  [59_990, '59.99 s'],
  [60_000, '1 m 00 s'],
  [185_900, '3 m 05 s'],
  [3_600_000, '1 h 00 m'],
  [7_380_000, '2 h 03 m'],
  [93_600_000, '1 d 02 h'],
])('%d ms are %s', (milliseconds, told) => {
  expect(formatDuration(milliseconds)).toBe(told);
});

test('pauses grow up to 5 s while nothing happens, and are short again after an event', () => {
  const pace = new Pace();
  const pauses = Array.from({ length: 10 }, () => pace.next(false));
  expect(pauses[0]).toBe(500);
  expect(pauses).toEqual([...pauses].sort((one, other) => one - other));
  expect(pauses.at(-1)).toBe(5_000);
  expect(pace.next(true)).toBe(500);
  expect(pace.next(false)).toBe(750);
});
