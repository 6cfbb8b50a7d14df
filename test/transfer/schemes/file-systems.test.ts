import {
  EFS,
  efsLocation,
  fileSystemIdOf,
  LOCAL,
  localLocation,
  localPathOf,
} from '../../../src/transfer/schemes/file-systems';
import { s3Location } from '../../../src/transfer/schemes/s3';

test.each([
  ['fs-0abc:/', efsLocation('fs-0abc', '/')],
  ['fs-0abc:/a b/\n', efsLocation('fs-0abc', '/a b/\n')],
  ['fs-0abc:a', undefined],
  ['fs-xyz:/a', undefined],
  ['/a', undefined],
])('the EFS scheme reads %j', (text, location) => {
  expect(EFS.parse(text)).toEqual(location);
});

test.each([
  ['/a b', localLocation('/a b')],
  ['/a%20b', localLocation('/a%20b')],
  ['file:///a%20b', localLocation('/a b')],
  ['file:///%00', undefined],
  ['file:///%zz', undefined],
  ['file://host/a', undefined],
  ['a/b', undefined],
  ['fs-0abc:/a', undefined],
])('the local scheme reads %j', (text, location) => {
  expect(LOCAL.parse(text)).toEqual(location);
});

test('a location is written as its path, with the file system of EFS', () => {
  expect(EFS.format(efsLocation('fs-1', '/a/b'))).toBe('fs-1:/a/b');
  expect(LOCAL.format(localLocation('/a b'))).toBe('/a b');
});

test.each([
  ['an EFS location has a file system', efsLocation('fs-1', '/a'), 'fs-1', undefined],
  ['a local location has a local path', localLocation('/a'), undefined, '/a'],
  ['a location in S3 has neither', s3Location('bucket', 'a'), undefined, undefined],
])('%s', (_, location, fileSystemId, path) => {
  expect([fileSystemIdOf(location), localPathOf(location)]).toEqual([fileSystemId, path]);
});
