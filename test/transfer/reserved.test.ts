import { parseLocation } from '../../src/transfer/location';
import { isLeftover, isMoveMark, isReservedName, moveMarkName } from '../../src/transfer/reserved';

test.each([
  ['.demand.partial', true],
  ['a/b/.demand.partial', true],
  ['.0123456789ab.00ff.partial', true],
  ['a/.0123456789ab.moved.partial', true],
  ['demand.partial', false],
  ['.demand.partial/a', false],
  ['a.partial', false],
  ['.0123456789a.00ff.partial', false],
  ['.0123456789AB.00ff.partial', false],
  ['.0123456789ab.00ff.partial.txt', false],
  ['.0123456789ab.00ff.removing', false],
  ['', false],
])('the key %j is a leftover: %s', (key, expected) => {
  expect(isLeftover(key)).toBe(expected);
});

test.each([
  ['.demand.partial', true],
  ['.demand.leases', true],
  ['.demand.verified', true],
  ['.demand.kept', true],
  ['.0123456789ab.00ff.partial', true],
  ['.demand.env', false],
  ['demand.partial', false],
  ['.0123456789ab.00ff.removing', false],
  ['.nfs000000000012abcd00000001', false],
])('the name %j is reserved: %s', (name, expected) => {
  expect(isReservedName(name)).toBe(expected);
});

test('the mark of a move, and a half-written mark, are those of one destination', () => {
  const [to, other] = ['s3://bucket/out/', 's3://bucket/other/'].map(parseLocation) as [
    ReturnType<typeof parseLocation>,
    ReturnType<typeof parseLocation>,
  ];
  const mark = moveMarkName(to);
  expect(isMoveMark(mark, to)).toBe(true);
  expect(isMoveMark(mark, other)).toBe(false);
  expect(isMoveMark(`in/${mark}`, to)).toBe(false);
  expect(isMoveMark('.0123456789ab.00ff.partial', to)).toBe(false);
});
