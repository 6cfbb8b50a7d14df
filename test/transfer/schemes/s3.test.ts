import fc from 'fast-check';
import { UnsafePath } from '../../../src/errors';
import { efsLocation, localLocation } from '../../../src/transfer/schemes/file-systems';
import { requireS3Object, S3, s3Location, s3ObjectOf, s3UriOf } from '../../../src/transfer/schemes/s3';
import { anyCharacter } from '../../characters';

test.each([
  ['s3://bucket/a/b', { bucket: 'bucket', key: 'a/b' }],
  ['s3://bucket/a//b/', { bucket: 'bucket', key: 'a//b/' }],
  ['s3://bucket/', { bucket: 'bucket', key: '' }],
  ['s3://bucket', { bucket: 'bucket', key: '' }],
  ['s3://Bucket.with-all/%20', { bucket: 'Bucket.with-all', key: '%20' }],
])('%s is the URI of an object', (text, object) => {
  expect(requireS3Object(S3.parse(text)!)).toEqual(object);
});

test.each(['s3://b/a', 's3://-bucket/a', 's3://buck_et', `s3://${'b'.repeat(64)}`, 's3://bucket/\0', '/a'])(
  '%j is not in S3',
  (text) => {
    expect(S3.parse(text)).toBeUndefined();
  },
);

test('the URI of any object is read as the same object', () => {
  const key = fc.string({ unit: anyCharacter }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(key, (each) => {
      const object = { bucket: 'a-bucket', key: each };
      expect(S3.parse(s3UriOf(object))).toEqual(s3Location('a-bucket', each));
    }),
  );
});

test('only a location in S3 has a bucket and a key', () => {
  expect(s3ObjectOf(localLocation('/bucket/a'))).toBeUndefined();
  expect(() => requireS3Object(efsLocation('fs-1', '/a'))).toThrow(UnsafePath);
  expect(() => requireS3Object(efsLocation('fs-1', '/a'))).toThrow('fs-1:/a is not in S3');
});
