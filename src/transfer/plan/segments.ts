/**
 * A listing, cut into batches of about the same work.
 *
 * In byte order a listing is a line. It is cut between any two keys, and inside of a large file between any two
 * grains; so batches come out even whatever the tree looks like, and each is named by where it begins and ends.
 */
import type { Bytes } from '../../units';
import { withoutEmpty } from '../../wire/json';
import type { KeyRange } from '../keys';
import type { StoredFile } from '../store';

const GIB = 1024 ** 3;

/** A file of this size takes a Lambda's 15 minutes at 5 MB a second. */
export const LARGE_FILE_BYTES = 4 * GIB;
/** What a file costs besides its bytes, in bytes: a worker moves some 100 MB, or some 100 small files, a second. */
const FILE_WORK = 1_000_000;
const LEAST_WORK = GIB;
/** Some five minutes, so that what is left at the end is shared evenly. */
const MOST_WORK = 32 * GIB;
/** Listed keys are held as so many runs at most, of files that are never divided between batches. */
const MOST_RUNS = 8192;

/** The files of some keys. */
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
  /** Not in it. */
  readonly to: number;
}

export type Segment = KeySegment | ByteSegment;

export interface SegmentLimits {
  /** Bytes of a batch, where there are not too many batches or files for it. */
  readonly maxBytes: number;
  readonly maxBatches: number;
  /** Batches that are copied at once. At least so many are made where each is worth a call. */
  readonly concurrency: number;
  /** Files above this may be divided. */
  readonly largeFileBytes: number;
  /** Where: at multiples of so many bytes. Undefined where no file may be divided. */
  readonly grainOf?: (size: Bytes) => Bytes;
}

/** Takes a listing in byte order, of any length, and holds no more than its large files and some thousand runs. */
export class Line {
  /** A run that is followed by a large file begins after that file for the next one. */
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

  /** Each a list of neighbours; their order is the listing's. */
  cut(): Segment[][] {
    const batches = new Batches(this.#limitsOfAll());
    for (const piece of this.#pieces)
      if ('kind' in piece) batches.addRun(piece);
      else batches.addFile(piece, this.limits.grainOf?.(piece.size) ?? piece.size);
    return batches.all.filter((batch) => batch.length > 0);
  }

  /** A key that ends with a slash names a folder to whoever reads it as a location. */
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
    if (++this.#runs > MOST_RUNS) this.#joinRuns();
  }

  #isShort(run: KeySegment): boolean {
    return workOf(run) <= this.#runWork;
  }

  /** Longer runs from now on: of two neighbours more than this together, there are half as many as there may be. */
  #joinRuns(): void {
    this.#runWork = (4 * this.#work) / MOST_RUNS;
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
   * Two neighbours together pass one limit or the other: of those that pass one of `2 x all / n` there are at most
   * `n`. A third of the batches for each limit; the last is for what is lost as files are only divided at grains.
   */
  #limitsOfAll(): BatchLimits {
    const { maxBytes, maxBatches, concurrency } = this.limits;
    const share = Math.max(1, Math.floor((maxBatches - 1) / 3));
    const even = Math.min(MOST_WORK, Math.max(LEAST_WORK, this.#work / concurrency));
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

  /** Fills the batch with as much of the file as there is room for, and so on with the next. */
  addFile(file: StoredFile, grain: number): void {
    for (let from = 0; from < file.size; ) {
      const fitting = this.#grainsThatFit(grain) * grain;
      const isNew = this.all.at(-1)?.length === 0;
      // A grain at least, and no crumbs at the end of a batch.
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

  /** Up to a grain more than its share, so that the last batch is not one of crumbs. */
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

/** Both as one run, if the second begins where the first ends; a file that is added begins there in any case. */
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
