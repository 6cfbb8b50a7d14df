/** The order of keys, and the check whether a destination can store them. */
import type * as v from 'valibot';
import { FILE_NAME_BYTES } from '../aws-limits';
import { UnsafePath } from '../errors';
import { model, optional, text } from '../wire/schema';
import { formatLocation, type Location } from './location';
import { isReservedName, RESERVED } from './reserved';

/** Keys that an error message names. */
const SHOWN = 20;

/**
 * Compares two keys in the byte order of their UTF-8 texts, which is the order of S3's listings.
 *
 * JavaScript compares UTF-16 units, and then surrogate pairs come before U+E000 to U+FFFF.
 *
 * @returns less than 0, 0 or more than 0, as `Array.sort` takes it
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

/** A part of a listing: the keys between two bounds, in the order of {@link compareKeys}. */
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

/** Returns whether a folder may hold keys of the range. @param folder a key that ends with a slash, or `''` */
export function mayHoldRange(folder: string, { after, upTo }: KeyRange): boolean {
  const isBefore = after !== undefined && !after.startsWith(folder) && compareKeys(folder, after) < 0;
  return !isBefore && (upTo === undefined || compareKeys(folder, upTo) < 0);
}

/**
 * Finds keys that the destination cannot hold, or that would leave it. It checks key by key, and memory does not hold
 * all keys.
 */
export class KeyCheck {
  readonly #reasons: string[] = [];
  /** Earlier keys that are prefixes of the current key. A prefix that a slash follows is a file and a folder. */
  readonly #prefixes: string[] = [];
  readonly #seen = new Set<string>();

  constructor(private readonly destination: Location) {}

  /** @param key relative to the destination folder, in the order of {@link compareKeys} */
  add(key: string): void {
    const reason = explainKey(key, this.destination);
    if (reason !== undefined) this.#reasons.push(`"${key}" ${reason}`);
    if (this.destination.scheme.isFileSystem) this.#findClash(key);
  }

  /** @throws UnsafePath naming all refused keys */
  finish(): void {
    refuseAll(this.#reasons, `cannot be stored below ${formatLocation(this.destination)}`);
  }

  #findClash(key: string): void {
    // Keys are sorted: a key that is not a prefix of this key is not a prefix of a later key either.
    for (
      let last = this.#prefixes.at(-1);
      last !== undefined && !key.startsWith(last);
      last = this.#prefixes.at(-1)
    )
      this.#prefixes.pop();
    for (const file of this.#prefixes) {
      if (key[file.length] !== '/' || this.#seen.has(file)) continue;
      this.#seen.add(file);
      this.#reasons.push(`"${file}" is both a file and a folder`);
    }
    this.#prefixes.push(key);
  }
}

/**
 * Refuses keys that the destination cannot hold, or that would leave it.
 *
 * @param keys relative to the destination folder, in the order of {@link compareKeys}
 * @throws UnsafePath naming all refused keys
 */
export function refuseUnsafeKeys(keys: readonly string[], destination: Location): void {
  const check = new KeyCheck(destination);
  for (const key of keys) check.add(key);
  check.finish();
}

/**
 * Refuses keys of a transfer.
 *
 * @param reasons one for each refused key, such as `"a//b" has an empty name`
 * @param predicate the rest of the sentence about these keys, such as `cannot be stored below /dst`
 * @throws UnsafePath with all reasons; an empty list passes
 */
export function refuseAll(reasons: readonly string[], predicate: string): void {
  if (reasons.length === 0) return;
  const more = reasons.length > SHOWN ? [`and ${reasons.length - SHOWN} more`] : [];
  const shown = [...reasons.slice(0, SHOWN), ...more].join('; ');
  throw new UnsafePath(
    `${reasons.length} key(s) ${predicate}: ${shown}. Rename or exclude them; nothing was written`,
  );
}

function explainKey(key: string, destination: Location): string | undefined {
  const names = key.split('/');
  if (names.includes('..') || names.includes('.')) return 'has the name "." or ".."';
  if (key.includes('\0')) return 'has a NUL character';
  return (
    explainLength(key, destination) ??
    (destination.scheme.isFileSystem ? explainFileName(key, names) : undefined)
  );
}

function explainFileName(key: string, names: readonly string[]): string | undefined {
  if (key.startsWith('/')) return 'begins with a slash';
  if (names.includes('')) return 'has an empty name';
  if (names.some(isReservedName)) return RESERVED;
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
