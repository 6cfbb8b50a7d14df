/** ETags of S3 as far as they tell of a content. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html */
import type { StoredFile } from './store';

const ETAG = /^"?([0-9a-f]{32})(?:-(\d+))?"?$/;

/** Returns the ETag of a listed object without its quotes; undefined for a file. */
export function tagOf({ version }: StoredFile): string | undefined {
  return version !== undefined && ETAG.test(version) ? version.replaceAll('"', '') : undefined;
}

/** Returns how many parts an object with this ETag was uploaded in; undefined where it was uploaded as a whole. */
export function partCountOf(tag: string): number | undefined {
  const count = ETAG.exec(tag)?.[2];
  return count === undefined ? undefined : Number(count);
}
