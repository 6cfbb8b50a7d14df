/** The order of keys, and which of them cannot be stored where they are to go. */
import { UnsafePath } from '../errors';
import { formatLocation, type Location, pathOf } from './location';

/** Bytes in one name of a path (EFS user guide, "Quotas for NFS clients"). */
const NAME_BYTES = 255;
/** Bytes in a whole key (S3 user guide, "Naming Amazon S3 objects"). */
const S3_KEY_BYTES = 1024;
const SHOWN = 20;

/**
 * Byte order of the UTF-8 text, in which S3 lists.
 *
 * JavaScript compares UTF-16 units, which puts surrogate pairs before U+E000 to U+FFFF.
 */
export function compareKeys(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) {
    const left = one.charCodeAt(index);
    const right = other.charCodeAt(index);
    if (left !== right) return rankOf(left) - rankOf(right);
  }
  return one.length - other.length;
}

/**
 * Refuses keys that the destination cannot hold, or that would leave it: all of them in one error.
 *
 * @param keys relative to the destination folder, in the order of {@link compareKeys}
 * @throws UnsafePath
 */
export function refuseUnsafeKeys(keys: readonly string[], destination: Location): void {
  const reasons = keys.flatMap((key) => {
    const reason = explainKey(key, destination);
    return reason === undefined ? [] : [`"${key}" ${reason}`];
  });
  const clashes = destination.kind === 's3' ? [] : findClashes(keys);
  refuseAll([...reasons, ...clashes], `cannot be stored below ${formatLocation(destination)}`);
}

/** Throws one UnsafePath over all the reasons, if there are any. */
export function refuseAll(reasons: readonly string[], what: string): void {
  if (reasons.length === 0) return;
  const more = reasons.length > SHOWN ? [`and ${reasons.length - SHOWN} more`] : [];
  const shown = [...reasons.slice(0, SHOWN), ...more].join('; ');
  throw new UnsafePath(
    `${reasons.length} key(s) ${what}: ${shown}. Rename or exclude them; nothing was written`,
  );
}

function explainKey(key: string, destination: Location): string | undefined {
  const names = key.split('/');
  if (names.includes('..') || names.includes('.')) return 'has a "." or ".." in it';
  if (key.includes('\0')) return 'has a NUL character in it';
  if (destination.kind === 's3') return explainS3Key(key, destination);
  if (key.startsWith('/')) return 'begins with a slash';
  if (names.includes('')) return 'has an empty name in it';
  return names.some((name) => Buffer.byteLength(name) > NAME_BYTES)
    ? `has a name of more than ${NAME_BYTES} bytes`
    : undefined;
}

function explainS3Key(key: string, destination: Location): string | undefined {
  const bytes = Buffer.byteLength(pathOf(destination)) + 1 + Buffer.byteLength(key);
  return bytes > S3_KEY_BYTES ? `makes a key of more than ${S3_KEY_BYTES} bytes` : undefined;
}

/** Keys that are a file and, for another key, a folder. */
function findClashes(keys: readonly string[]): string[] {
  const files = new Set(keys);
  const folders = new Set<string>();
  for (const key of keys) {
    for (let end = key.lastIndexOf('/'); end > 0; end = key.lastIndexOf('/', end - 1)) {
      const folder = key.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return [...folders]
    .filter((folder) => files.has(folder))
    .map((key) => `"${key}" is both a file and a folder`);
}

function rankOf(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}
