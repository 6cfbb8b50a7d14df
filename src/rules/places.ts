/**
 * Places in S3, as the rules of a stage list them:
 *
 * - `s3://bucket`: the whole bucket.
 * - `s3://bucket/key` and `s3://bucket/key/`: this key and every key below `key/`. `s3://bucket/run1` does not permit
 *   `s3://bucket/run10`.
 * - `s3://bucket/key*`: every key that begins with `key`, also `key10`.
 * - `buckets` in place of `s3://bucket`: each bucket of the stage.
 * - `*`: every place.
 */
import { NEW_BUCKET_NAME } from '../aws-limits';
import type { Location } from '../transfer/location';
import { s3ObjectOf } from '../transfer/schemes/s3';
import { withoutEmpty } from '../wire/json';
import { ANY, type DemandRules } from './model';

export interface Place {
  /** Absent: each bucket of the stage. {@link ANY}: every bucket. */
  readonly bucket?: string;
  /** Without a slash at its end; empty for a whole bucket. */
  readonly key: string;
  /** True: keys that begin with `key`. False: `key` itself and the keys below it. */
  readonly isStart: boolean;
}

const OWN_BUCKETS = 'buckets';
/** The name of an access point or of another kind of bucket, for which IAM has other ARNs. The rules of {@link NEW_BUCKET_NAME}. */
const ALIAS = /(-s3alias|--ol-s3|--x-s3|\.mrap)$/;
const FORM = new RegExp(`^(?:s3://(${NEW_BUCKET_NAME.source})|${OWN_BUCKETS})(?:/(.*))?$`, 's');

/** The texts that {@link parsePlace} reads, in the words of an error message. */
export const PLACE_FORMS =
  '*, s3://bucket, s3://bucket/key or s3://bucket/key*, with "buckets" for the buckets of the stage; a key has no other "*", no "?", no "${", no empty name, "." or ".."';

/** Returns the place of a text; undefined for every other text. */
export function parsePlace(text: string): Place | undefined {
  if (text === ANY) return { bucket: ANY, key: '', isStart: false };
  const [matched, bucket, given = ''] = FORM.exec(text) ?? [];
  if (matched === undefined || (bucket !== undefined && ALIAS.test(bucket))) return undefined;
  const folder = given.replace(/(^|\/)\*$/, '').replace(/\/$/, '');
  const isStart = folder.endsWith('*');
  const key = isStart ? folder.slice(0, -1) : folder;
  if (!isPlainKey(key)) return undefined;
  return { ...withoutEmpty({ bucket }), key, isStart };
}

/** IAM gives `*`, `?` and `${` a meaning in a resource. */
function isPlainKey(key: string): boolean {
  return key === '' || (!/[*?\0]|\$\{/.test(key) && key.split('/').every(isPlainName));
}

function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..';
}

/** Returns whether one of the places contains a location. Every place contains the paths of file systems. */
export function permitsPlace(
  places: readonly string[],
  location: Location,
  { buckets }: Pick<DemandRules, 'buckets'>,
): boolean {
  if (location.scheme.isFileSystem) return true;
  const object = s3ObjectOf(location);
  if (object === undefined) return places.includes(ANY);
  return places.some((text) => {
    const place = parsePlace(text);
    return place !== undefined && isBucketOf(place, object.bucket, buckets) && isKeyOf(place, object.key);
  });
}

function isBucketOf({ bucket }: Place, given: string, own: readonly string[]): boolean {
  return bucket === undefined ? own.includes(given) || own.includes(ANY) : bucket === ANY || bucket === given;
}

/** A key with the name `.` or `..` is in no folder: a program on the way could read it as a path. */
function isKeyOf({ key, isStart }: Place, given: string): boolean {
  if (key === '' && !isStart) return true;
  if (given.split('/').some((name) => name === '.' || name === '..')) return false;
  return isStart ? given.startsWith(key) : given === key || given.startsWith(`${key}/`);
}
