/** The order of keys, and the keys that a destination cannot store. */
import type * as v from 'valibot';
import { FILE_NAME_BYTES } from '../aws-limits';
import { UnsafePath } from '../errors';
import { model, optional, text } from '../wire/schema';
import { formatLocation, type Location } from './location';

const SHOWN = 20;
/** Our own folders on a file system. No listing shows a file in them, and it could be taken for a lease. */
const OWN_FOLDERS = new Set(['.demand.partial', '.demand.leases', '.demand.verified']);

/**
 * Compares by the bytes of the UTF-8 text. S3 lists in this order.
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

/** A part of a listing: the keys between two keys, in the order of {@link compareKeys}. */
export const keyRangeSchema = model({
  /** Exclusive. By default the range begins with the first key. */
  after: optional(text()),
  /** Inclusive. By default the range ends with the last key. */
  upTo: optional(text()),
});

export type KeyRange = v.InferOutput<typeof keyRangeSchema>;

export function isInRange(key: string, { after, upTo }: KeyRange): boolean {
  return (
    (after === undefined || compareKeys(key, after) > 0) &&
    (upTo === undefined || compareKeys(key, upTo) <= 0)
  );
}

/** Whether a folder (its key ends with a slash, or is `''`) may hold keys of the range. */
export function mayHoldRange(folder: string, { after, upTo }: KeyRange): boolean {
  const isBefore = after !== undefined && !after.startsWith(folder) && compareKeys(folder, after) < 0;
  return !isBefore && (upTo === undefined || compareKeys(folder, upTo) < 0);
}

/**
 * Finds keys that the destination cannot store, or that lead out of it. It does not hold the listing.
 */
export class KeyCheck {
  readonly #reasons: string[] = [];
  /** Earlier keys that the current key begins with. A key followed by a slash is a folder as well as a file. */
  readonly #above: string[] = [];
  readonly #seen = new Set<string>();

  constructor(private readonly destination: Location) {}

  /** @param key relative to the destination folder, in the order of {@link compareKeys} */
  add(key: string): void {
    const reason = explainKey(key, this.destination);
    if (reason !== undefined) this.#reasons.push(`"${key}" ${reason}`);
    if (this.destination.scheme.isFileSystem) this.#findClash(key);
  }

  /** @throws UnsafePath with all these keys */
  finish(): void {
    refuseAll(this.#reasons, `cannot be stored below ${formatLocation(this.destination)}`);
  }

  #findClash(key: string): void {
    // All keys that begin with one key are neighbours in the listing. After them that key needs no more checks.
    for (
      let last = this.#above.at(-1);
      last !== undefined && !key.startsWith(last);
      last = this.#above.at(-1)
    )
      this.#above.pop();
    for (const file of this.#above) {
      if (key[file.length] !== '/' || this.#seen.has(file)) continue;
      this.#seen.add(file);
      this.#reasons.push(`"${file}" is both a file and a folder`);
    }
    this.#above.push(key);
  }
}

/**
 * Refuses keys that the destination cannot store, or that lead out of it. One error names all these keys.
 *
 * @param keys relative to the destination folder, in the order of {@link compareKeys}
 * @throws UnsafePath
 */
export function refuseUnsafeKeys(keys: readonly string[], destination: Location): void {
  const check = new KeyCheck(destination);
  for (const key of keys) check.add(key);
  check.finish();
}

/** @throws UnsafePath with all the reasons. Without a reason it throws nothing. */
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
  return (
    explainLength(key, destination) ??
    (destination.scheme.isFileSystem ? explainFileName(key, names) : undefined)
  );
}

function explainFileName(key: string, names: readonly string[]): string | undefined {
  if (key.startsWith('/')) return 'begins with a slash';
  if (names.includes('')) return 'has an empty name in it';
  if (names.some((name) => OWN_FOLDERS.has(name))) return 'has the name of one of our own folders in it';
  return names.some((name) => Buffer.byteLength(name) > FILE_NAME_BYTES)
    ? `has a name of more than ${FILE_NAME_BYTES} bytes`
    : undefined;
}

function explainLength(key: string, { scheme, path }: Location): string | undefined {
  const { maxPathBytes = Number.POSITIVE_INFINITY } = scheme;
  const bytes = Buffer.byteLength(path) + 1 + Buffer.byteLength(key);
  return bytes > maxPathBytes ? `makes a key of more than ${maxPathBytes} bytes` : undefined;
}

function rankOf(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}
