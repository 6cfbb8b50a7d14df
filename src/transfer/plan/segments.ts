/**
 * Cuts a listing into batches of about the same work.
 *
 * In byte order a listing is a line. A cut lies between two keys, or between two grains of a large file. So the batches
 * have about the same work for every tree, and the first and the last key identify a batch.
 */
import type { Bytes } from '../../units';
import { withoutEmpty } from '../../wire/json';
import type { KeyRange } from '../keys';
import type { StoredFile } from '../store';

const GIB = 1024 ** 3;

/** Lambda's 15 minutes are enough for a file of this size at 5 MB a second. */
export const LARGE_FILE_BYTES = 4 * GIB;
/** Bytes that take as long as the fixed work for one file: a worker copies 100 MB, or 100 small files, a second. */
const FILE_WORK = 1_000_000;
/** Least work of a batch, in bytes. */
const MIN_WORK = GIB;
/** Most work of a batch, in bytes: about five minutes, so that all workers end at about the same time. */
const MAX_WORK = 32 * GIB;
/** Most runs in memory. A run is a series of listed files, and all its files go into the same batch. */
const MAX_RUNS = 8192;

/** The files of a range of keys. */
export interface KeySegment extends KeyRange {
  readonly kind: 'keys';
  readonly bytes: number;
  readonly files: number;
}

/** A part of a large file. */
export interface ByteSegment {
  readonly kind: 'bytes';
  readonly file: StoredFile;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

export type Segment = KeySegment | ByteSegment;

export interface SegmentLimits {
  /** Bytes of a batch. A batch becomes larger when there would be too many batches. */
  readonly maxBytes: number;
  readonly maxBatches: number;
  /** Batches that are copied at once. A plan has at least this number, if each batch is worth a call. */
  readonly concurrency: number;
  /** Files above this size may be divided. */
  readonly largeFileBytes: number;
  /** Returns the bytes of a grain: files are divided at multiples of it. Absent when no file may be divided. */
  readonly grainOf?: (size: Bytes) => Bytes;
}

/** Takes a listing of any length in byte order. It holds only the large files and some thousand runs. */
export class ListingCutter {
  /** Runs and large files in byte order. After a large file a new run begins. */
  #pieces: (KeySegment | StoredFile)[] = [];
  #runs = 0;
  #runWork = 0;
  #last: string | undefined;
  bytes = 0;
  files = 0;

  constructor(private readonly limits: SegmentLimits) {}

  add(file: StoredFile): void {
    this.bytes += file.size;
    this.files++;
    if (this.#mayDivide(file)) this.#pieces.push(file);
    else this.#addToRun(file);
    this.#last = file.key;
  }

  /** Returns the batches in the order of the listing. The segments of a batch are neighbours. */
  cut(): Segment[][] {
    const batches = new Batches(this.#limitsOfAll());
    for (const piece of this.#pieces)
      if ('kind' in piece) batches.addRun(piece);
      else batches.addFile(piece, this.limits.grainOf?.(piece.size) ?? piece.size);
    return batches.all.filter((batch) => batch.length > 0);
  }

  /** A file with a slash at the end of its key is never divided, because its location would be a folder. */
  #mayDivide({ key, size }: StoredFile): boolean {
    const { grainOf, largeFileBytes } = this.limits;
    return grainOf !== undefined && size > largeFileBytes && !key.endsWith('/');
  }

  #addToRun({ key, size }: StoredFile): void {
    const run = this.#pieces.at(-1);
    const one = { kind: 'keys', upTo: key, bytes: size, files: 1 } as const;
    const joined = run !== undefined && 'kind' in run ? join(run, one) : undefined;
    if (joined !== undefined && this.#isShort(joined)) {
      this.#pieces[this.#pieces.length - 1] = joined;
      return;
    }
    this.#pieces.push({ ...one, ...withoutEmpty({ after: this.#last }) });
    if (++this.#runs > MAX_RUNS) this.#joinRuns();
  }

  #isShort(run: KeySegment): boolean {
    return workOf(run) <= this.#runWork;
  }

  /** Joins runs up to a new limit. Two neighbours together are above it then, so at most half of MAX_RUNS remain. */
  #joinRuns(): void {
    this.#runWork = (4 * this.#work) / MAX_RUNS;
    const joined: (KeySegment | StoredFile)[] = [];
    for (const piece of this.#pieces) {
      const last = joined.at(-1);
      const both = last !== undefined && 'kind' in last && 'kind' in piece ? join(last, piece) : undefined;
      if (both !== undefined && this.#isShort(both)) joined[joined.length - 1] = both;
      else joined.push(piece);
    }
    this.#pieces = joined;
    this.#runs = joined.filter((piece) => 'kind' in piece).length;
  }

  get #work(): number {
    return this.bytes + this.files * FILE_WORK;
  }

  /**
   * Two neighbouring batches together are above one of the two limits. A limit of `2 x all / n` gives at most `n` such
   * batches. Each limit gets a third of the batches. The last third is a reserve, because a division at grains wastes
   * room.
   */
  #limitsOfAll(): BatchLimits {
    const { maxBytes, maxBatches, concurrency } = this.limits;
    const share = Math.max(1, Math.floor((maxBatches - 1) / 3));
    const even = Math.min(MAX_WORK, Math.max(MIN_WORK, this.#work / concurrency));
    return {
      work: Math.max(even, (2 * this.#work) / share),
      bytes: Math.max(maxBytes, (2 * this.bytes) / share),
    };
  }
}

interface BatchLimits {
  readonly work: number;
  readonly bytes: number;
}

class Batches {
  readonly all: Segment[][] = [[]];
  #work = 0;
  #bytes = 0;

  constructor(private readonly limits: BatchLimits) {}

  addRun(run: KeySegment): void {
    if (workOf(run) > this.#room || run.bytes > this.limits.bytes - this.#bytes) this.#begin();
    const batch = this.all.at(-1) ?? [];
    const last = batch.at(-1);
    const joined = last?.kind === 'keys' ? join(last, run) : undefined;
    if (joined === undefined) batch.push(run);
    else batch[batch.length - 1] = joined;
    this.#count(workOf(run), run.bytes);
  }

  /** Fills the batch with a part of the file, and the next batches with the rest. */
  addFile(file: StoredFile, grain: number): void {
    for (let from = 0; from < file.size; ) {
      const fitting = this.#grainsThatFit(grain) * grain;
      const isNew = this.all.at(-1)?.length === 0;
      // Every part at the end of a batch has at least one grain, and a sixteenth of the batch's work.
      if (!isNew && fitting < Math.min(file.size - from, Math.max(grain, this.limits.work / 16)))
        this.#begin();
      else {
        const to = Math.min(file.size, from + Math.max(grain, fitting));
        this.all.at(-1)?.push({ kind: 'bytes', file, from, to });
        this.#count(to - from, to - from);
        from = to;
      }
    }
  }

  /** Allows up to one grain more than the room, so that no small rest needs a last batch. */
  #grainsThatFit(grain: number): number {
    return Math.min(
      Math.ceil(Math.max(0, this.#room) / grain),
      Math.floor((this.limits.bytes - this.#bytes) / grain),
    );
  }

  get #room(): number {
    return this.limits.work - this.#work;
  }

  #begin(): void {
    if (this.all.at(-1)?.length !== 0) this.all.push([]);
    this.#work = 0;
    this.#bytes = 0;
  }

  #count(work: number, bytes: number): void {
    this.#work += work;
    this.#bytes += bytes;
  }
}

/** Joins two runs if the second run begins at the end of the first run. Returns undefined for all other runs. */
function join(run: KeySegment, next: KeySegment): KeySegment | undefined {
  if (next.after !== undefined && next.after !== run.upTo) return undefined;
  return {
    ...run,
    ...withoutEmpty({ upTo: next.upTo }),
    bytes: run.bytes + next.bytes,
    files: run.files + next.files,
  };
}

function workOf({ bytes, files }: KeySegment): number {
  return bytes + files * FILE_WORK;
}
