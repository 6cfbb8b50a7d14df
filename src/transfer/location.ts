/** Where data lie: an S3 object or prefix, a path of an EFS file system, or a path of this machine. */
import { UnsafePath } from '../errors';

export type Location =
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string }
  | { readonly kind: 'efs'; readonly fileSystemId: string; readonly path: string }
  | { readonly kind: 'path'; readonly path: string };

/** What {@link parseLocation} reads, in the words of an error message. */
export const LOCATION_FORMS = 's3://bucket/key, fs-<hex>:/path, an absolute path or file:///path';

const S3_URI = /^s3:\/\/([A-Za-z0-9][A-Za-z0-9.-]{1,61}[A-Za-z0-9])(?:\/(.*))?$/s;
const EFS_URI = /^(fs-[0-9a-f]+):(\/.*)$/s;
const FILE_URI = /^file:\/\/(\/.*)$/s;

/**
 * Reads one of {@link LOCATION_FORMS}; a slash at the end is kept, for it says "a folder".
 *
 * @throws UnsafePath when the text is none of them
 */
export function parseLocation(text: string): Location {
  const location = tryParse(text);
  if (location === undefined)
    throw new UnsafePath(
      `"${text}" is no location. Give ${LOCATION_FORMS}; a bucket has 3 to 63 of A-Za-z0-9.-`,
    );
  return location;
}

export function isLocation(text: string): boolean {
  return tryParse(text) !== undefined;
}

/** The text that {@link parseLocation} reads back as the same location. */
export function formatLocation(location: Location): string {
  switch (location.kind) {
    case 's3':
      return `s3://${location.bucket}/${location.key}`;
    case 'efs':
      return `${location.fileSystemId}:${location.path}`;
    case 'path':
      return location.path;
  }
}

/** The key of an S3 location, the path of another. */
export function pathOf(location: Location): string {
  return location.kind === 's3' ? location.key : location.path;
}

/** The same store, another key or path. */
export function withPath(location: Location, path: string): Location {
  return location.kind === 's3' ? { ...location, key: path } : { ...location, path };
}

/** The location of a key below a folder, with one slash between; the folder itself for `''`. */
export function joinLocation(location: Location, relativeKey: string): Location {
  return relativeKey === '' ? location : withPath(location, pathOf(asFolder(location)) + relativeKey);
}

/** Whether the text says "a folder": it ends with a slash, or is a whole bucket. */
export function isFolderLike(location: Location): boolean {
  const path = pathOf(location);
  return path === '' || path.endsWith('/');
}

/** The same location with a slash at its end. */
export function asFolder(location: Location): Location {
  return isFolderLike(location) ? location : withPath(location, `${pathOf(location)}/`);
}

/** The last name of a location: `c` of `/a/b/c` and of `s3://bucket/a/b/c/`. */
export function nameOf(location: Location): string {
  return segmentsOf(location).at(-1) ?? '';
}

/** Whether `inner` is `outer` or lies below it; whole names count, so `foo` does not contain `foo-bar`. */
export function contains(outer: Location, inner: Location): boolean {
  return relativeTo(outer, inner) !== undefined;
}

/** The key of `inner` below `outer`, a slash at its end kept; `''` when they are the same, undefined when outside. */
export function relativeTo(outer: Location, inner: Location): string | undefined {
  if (storeOf(outer) !== storeOf(inner)) return undefined;
  const above = segmentsOf(outer);
  const below = segmentsOf(inner);
  if (above.some((segment, index) => below[index] !== segment)) return undefined;
  const rest = below.slice(above.length).join('/');
  return rest !== '' && isFolderLike(inner) ? `${rest}/` : rest;
}

function tryParse(text: string): Location | undefined {
  if (text.includes('\0')) return undefined;
  if (text.startsWith('/')) return { kind: 'path', path: text };
  const [, bucket, key = ''] = S3_URI.exec(text) ?? [];
  if (bucket !== undefined) return { kind: 's3', bucket, key };
  const [, fileSystemId, path] = EFS_URI.exec(text) ?? [];
  if (fileSystemId !== undefined && path !== undefined) return { kind: 'efs', fileSystemId, path };
  const [, filePath] = FILE_URI.exec(text) ?? [];
  return filePath === undefined ? undefined : tryDecode(filePath);
}

function tryDecode(path: string): Location | undefined {
  try {
    const decoded = decodeURIComponent(path);
    return decoded.includes('\0') ? undefined : { kind: 'path', path: decoded };
  } catch {
    return undefined;
  }
}

function storeOf(location: Location): string {
  switch (location.kind) {
    case 's3':
      return `s3:${location.bucket}`;
    case 'efs':
      return `efs:${location.fileSystemId}`;
    case 'path':
      return 'path';
  }
}

/** S3 knows empty and dot names; for a file system `/a//./b` is `/a/b`. */
function segmentsOf(location: Location): readonly string[] {
  if (location.kind !== 's3') return location.path.split('/').filter((name) => name !== '' && name !== '.');
  const key = location.key.endsWith('/') ? location.key.slice(0, -1) : location.key;
  return key === '' ? [] : key.split('/');
}
