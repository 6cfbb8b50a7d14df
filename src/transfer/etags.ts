/** ETags of S3 that depend on the content. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html */
import type { StoredFile } from './store';

const ETAG = /^"?([0-9a-f]{32})(?:-(\d+))?"?$/;

/** Returns the ETag of a listed object without its quotes; undefined for a file. */
export function tagOf({ version }: StoredFile): string | undefined {
  return version !== undefined && ETAG.test(version) ? version.replaceAll('"', '') : undefined;
}

/** Returns the number of parts of the upload with this ETag; undefined for an upload without parts. */
export function partCountOf(tag: string): number | undefined {
  const count = ETAG.exec(tag)?.[2];
  return count === undefined ? undefined : Number(count);
}
