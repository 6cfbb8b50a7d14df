import { partCountOf, tagOf } from '../../src/transfer/etags';
import { withoutEmpty } from '../../src/wire/json';

const MD5 = '0123456789abcdef0123456789abcdef';

test.each([
  ['an object of one upload request', `"${MD5}"`, MD5],
  ['an object of an upload in parts', `"${MD5}-12"`, `${MD5}-12`],
  ['an ETag without quotes', MD5, MD5],
  ['a file, whose version is no ETag', '1700000000000-5-77', undefined],
  ['a file without a version', undefined, undefined],
])('the tag of %s', (_, version, tag) => {
  expect(tagOf({ key: 'a', size: 1, ...withoutEmpty({ version }) })).toBe(tag);
});

test.each([
  [`${MD5}-12`, 12],
  [MD5, undefined],
  ['', undefined],
])('the number of parts of the ETag %j', (tag, count) => {
  expect(partCountOf(tag)).toBe(count);
});
