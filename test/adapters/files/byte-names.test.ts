import { decodeName, pathBelow, showName } from '../../../src/adapters/files/byte-names';

const BAD = Buffer.from([0x61, 0xff, 0xc3, 0x28]);

test('a name of UTF-8 is decoded, and a replacement character in it is no mistake', () => {
  for (const name of ['a', 'é', '\u{1F600}', '\uFFFD', 'a\\xff'])
    expect(decodeName(Buffer.from(name))).toBe(name);
});

test('a name that is not UTF-8 is not decoded, and a message shows its bytes', () => {
  expect(decodeName(BAD)).toBeUndefined();
  expect(decodeName(Buffer.from([0xed, 0xa0, 0x80]))).toBeUndefined();
  expect(showName(BAD)).toBe('a\\xff\\xc3(');
  expect(showName(Buffer.from('é'))).toBe('é');
  expect(showName('é')).toBe('é');
});

test('a path has the bytes of its folder and its name', () => {
  expect(pathBelow('/a', 'b')).toBe('/a/b');
  expect(pathBelow('/é', BAD)).toEqual(Buffer.concat([Buffer.from('/é/'), BAD]));
  expect(pathBelow(BAD, 'b')).toEqual(Buffer.concat([BAD, Buffer.from('/b')]));
});
