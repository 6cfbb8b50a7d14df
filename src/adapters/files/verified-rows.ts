/** Keeps tags of up to a million files in 44 bytes each. Objects would need more memory than a function has. */
import { createHash } from 'node:crypto';
import type { Verified } from '../../transfer/copy/verified-record';

/**
 * Bytes of a row: 16 of the path's hash, 8 of the version's hash, 16 of the tag, 2 of the number of parts (0 without
 * parts) with the flag "computed", 2 of the day of its last use.
 *
 * Hashes suffice, because a query always names a path. Another version has the same 64 bits once in 2^64.
 */
export const ROW_BYTES = 44;
const AT = { path: 0, version: 16, tag: 24, parts: 40, day: 42 };
/** Rows at most. Further files are read each time. */
export const MOST_ROWS = 2 ** 20;
const CHUNK_ROWS = 2 ** 14;
const IS_COMPUTED = 0x8000;
const TAG = /^([0-9a-f]{32})(?:-(\d{1,5}))?$/;
/** Days between two updates of a row's day. So a sync of known files rarely writes the record. */
const MARK_DAYS = 7;

export class VerifiedRows {
  #count: number;
  /** Loaded rows. Added rows follow them. */
  readonly #loaded: Buffer;
  readonly #added: Buffer[] = [];
  /** Hash table with open addressing: a row's number plus 1, at the position of its path's hash or the next free one. */
  #index: Int32Array;
  /** Numbers of the rows that were added, changed or used since they were loaded. */
  readonly #changed = new Set<number>();

  /** @param loaded whole rows; the object takes over the buffer */
  constructor(loaded: Buffer = Buffer.alloc(0)) {
    this.#loaded = loaded;
    this.#count = loaded.length / ROW_BYTES;
    this.#index = this.#indexFor(this.#count);
  }

  /** True when rows have changed since they were loaded. */
  get hasChanged(): boolean {
    return this.#changed.size > 0;
  }

  find(path: string, version: string, day: number): Verified | undefined {
    const number = this.#numberOf(hashOf(path, 16));
    if (number === undefined) return undefined;
    const row = this.#row(number);
    if (!row.subarray(AT.version, AT.tag).equals(hashOf(version, 8))) return undefined;
    if (Math.abs(day - row.readUInt16LE(AT.day)) >= MARK_DAYS) this.#mark(number, day);
    const parts = row.readUInt16LE(AT.parts);
    const count = parts & ~IS_COMPUTED;
    const digest = row.toString('hex', AT.tag, AT.parts);
    return { tag: count === 0 ? digest : `${digest}-${count}`, isComputed: (parts & IS_COMPUTED) !== 0 };
  }

  set(path: string, version: string, { tag, isComputed }: Verified, day: number): void {
    const [, digest, parts = '0'] = TAG.exec(tag) ?? [];
    if (digest === undefined || Number(parts) >= IS_COMPUTED) return;
    const key = hashOf(path, 16);
    const number = this.#numberOf(key) ?? this.#add(key);
    if (number === undefined) return;
    const row = this.#row(number);
    row.set(hashOf(version, 8), AT.version);
    row.write(digest, AT.tag, 'hex');
    row.writeUInt16LE(Number(parts) | (isComputed ? IS_COMPUTED : 0), AT.parts);
    this.#mark(number, day);
  }

  /** Takes over the rows that have changed in another record of the same document since it was loaded. */
  take(other: VerifiedRows): void {
    for (const each of other.#changed) {
      const row = other.#row(each);
      const key = row.subarray(AT.path, AT.version);
      const number = this.#numberOf(key) ?? this.#add(key);
      if (number === undefined) return;
      this.#row(number).set(row);
      this.#changed.add(number);
    }
  }

  /** Returns the rows that were used on that day or later, many in one buffer. */
  *rowsSince(day: number): Generator<Buffer> {
    for (let from = 0; from < this.#count; from += CHUNK_ROWS) {
      const kept: Buffer[] = [];
      for (let each = from; each < Math.min(this.#count, from + CHUNK_ROWS); each++) {
        const row = this.#row(each);
        if (row.readUInt16LE(AT.day) >= day) kept.push(row);
      }
      if (kept.length > 0) yield Buffer.concat(kept);
    }
  }

  #mark(number: number, day: number): void {
    this.#row(number).writeUInt16LE(day, AT.day);
    this.#changed.add(number);
  }

  #numberOf(key: Buffer): number | undefined {
    const number = this.#index[this.#placeOf(key, this.#index)] ?? 0;
    return number === 0 ? undefined : number - 1;
  }

  #add(key: Buffer): number | undefined {
    if (this.#count === MOST_ROWS) return undefined;
    const number = this.#count++;
    const inAdded = number - this.#loaded.length / ROW_BYTES;
    if (inAdded % CHUNK_ROWS === 0) this.#added.push(Buffer.alloc(CHUNK_ROWS * ROW_BYTES));
    const row = this.#row(number);
    row.set(key, AT.path);
    if (this.#count * 2 > this.#index.length) this.#index = this.#indexFor(this.#count);
    else this.#index[this.#placeOf(key, this.#index)] = number + 1;
    return number;
  }

  #row(number: number): Buffer {
    const start = number * ROW_BYTES;
    if (start < this.#loaded.length) return this.#loaded.subarray(start, start + ROW_BYTES);
    const inAdded = number - this.#loaded.length / ROW_BYTES;
    const chunk = this.#added[Math.floor(inAdded / CHUNK_ROWS)] as Buffer;
    const place = (inAdded % CHUNK_ROWS) * ROW_BYTES;
    return chunk.subarray(place, place + ROW_BYTES);
  }

  #indexFor(count: number): Int32Array {
    const index = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(64, count) * 2 + 1)));
    for (let number = 0; number < count; number++)
      index[this.#placeOf(this.#row(number), index)] = number + 1;
    return index;
  }

  /** Returns the index of the row with this path, or of its free place. */
  #placeOf(key: Buffer, index: Int32Array): number {
    let place = key.readUInt32LE(0) & (index.length - 1);
    for (let number = index[place] ?? 0; number !== 0; number = index[place] ?? 0) {
      if (this.#row(number - 1).compare(key, 0, AT.version, 0, AT.version) === 0) break;
      place = (place + 1) & (index.length - 1);
    }
    return place;
  }
}

function hashOf(text: string, bytes: number): Buffer {
  return createHash('sha256').update(text).digest().subarray(0, bytes);
}
