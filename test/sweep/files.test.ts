import {
  BEGUN_DIRECTORY_NAME,
  folderOfKey,
  joinKey,
  nameOfKey,
  PARTIAL_NAME,
  REMOVING_NAME,
  SET_ASIDE_NAME,
  shownKey,
} from '../../src/sweep/files';

test.each([
  ['a', '', 'a'],
  ['a/b', 'a', 'b'],
  ['a/b/c', 'a/b', 'c'],
])('the key %s is in the folder "%s" and has the name %s', (key, folder, name) => {
  expect([folderOfKey(key), nameOfKey(key)]).toEqual([folder, name]);
  expect(joinKey(folder, name)).toBe(key);
});

test('a key is shown as text, and a byte that is not UTF-8 as a replacement character', () => {
  const asKey = (bytes: Buffer) => bytes.toString('latin1');
  expect(shownKey(asKey(Buffer.from('naïve/é')))).toBe('naïve/é');
  expect(shownKey(asKey(Buffer.from([0x61, 0xff])))).toBe('a\uFFFD');
});

test.each([
  ['partial', PARTIAL_NAME],
  ['removing', REMOVING_NAME],
  ['sweeping', SET_ASIDE_NAME],
])('only whole names of the service end with .%s', (ending, pattern) => {
  const own = `.0123456789ab.ba9876543210.${ending}`;
  expect(pattern.test(own)).toBe(true);
  const others = [own.slice(1), `x${own}`, `${own}x`, `.0123456789ab.${ending}`, own.replace('ab', 'xy')];
  expect(others.filter((name) => pattern.test(name))).toEqual([]);
});

test('a working directory that is being made has a name before its ending, with any characters', () => {
  const ending = '.0123456789ab.partial';
  expect(BEGUN_DIRECTORY_NAME.test(`run${ending}`)).toBe(true);
  expect(BEGUN_DIRECTORY_NAME.test(`\n${ending}`)).toBe(true);
  expect(BEGUN_DIRECTORY_NAME.test(ending)).toBe(false);
  expect(BEGUN_DIRECTORY_NAME.test(`run${ending}.x`)).toBe(false);
});
