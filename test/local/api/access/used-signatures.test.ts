import { UsedSignatures } from '../../../../local/api/access/used-signatures';

test('a signature is used once while it is valid, and is then forgotten', () => {
  const used = new UsedSignatures();
  expect(used.isFirst('a', 100, 0)).toBe(true);
  expect(used.isFirst('b', 200, 0)).toBe(true);
  expect(used.isFirst('a', 100, 100)).toBe(false);
  // A request that is not valid any more never comes here: the time of the signature is checked before.
  expect(used.isFirst('a', 300, 101)).toBe(true);
  expect(used.isFirst('b', 200, 150)).toBe(false);
});
