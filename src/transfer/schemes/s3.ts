/** Objects of Amazon S3 (`s3://bucket/key`). */
import { BUCKET_NAME, KEY_BYTES } from '../../aws-limits';
import { UnsafePath } from '../../errors';
import type { Location, Scheme } from './scheme';

/** The text of a location in S3. It has no NUL character. */
export const S3_URI = new RegExp(`^s3://(${BUCKET_NAME.source})(?:/([^\\0]*))?$`);

export interface S3Object {
  readonly bucket: string;
  readonly key: string;
}

export const S3: Scheme = {
  name: 's3',
  forms: ['s3://bucket/key'],
  rule: 'a bucket has 3 to 63 of A-Za-z0-9.-',
  uriPrefix: /^s3:\/\//,
  parse(text) {
    const [, bucket, key = ''] = S3_URI.exec(text) ?? [];
    return bucket === undefined ? undefined : s3Location(bucket, key);
  },
  format: ({ authority, path }) => s3UriOf({ bucket: authority, key: path }),
  isFileSystem: false,
  foldersEndWithSlash: true,
  partsAreBilled: true,
  maxPathBytes: KEY_BYTES,
  namedBy: 'key',
};

export function s3UriOf({ bucket, key }: S3Object): string {
  return `s3://${bucket}/${key}`;
}

export function s3Location(bucket: string, key: string): Location {
  return { scheme: S3, authority: bucket, path: key };
}

/** Returns bucket and key of a location in S3; undefined for every other location. */
export function s3ObjectOf({ scheme, authority, path }: Location): S3Object | undefined {
  return scheme === S3 ? { bucket: authority, key: path } : undefined;
}

/** Returns bucket and key of a location in S3. @throws UnsafePath for every other location */
export function requireS3Object(location: Location): S3Object {
  const object = s3ObjectOf(location);
  if (object === undefined) throw new UnsafePath(`${location.scheme.format(location)} is not in S3`);
  return object;
}
