/** The plan of the data-sync machine: batches that calls copy at the same time, in any order. */
import { withoutEmpty } from '../../wire/json';
import { decide, isBySize } from '../copy/decide';
import { removeLinkAt } from '../copy/staging';
import type { VerifiedRecords } from '../copy/verified-record';
import { tagOf } from '../etags';
import { KeyCheck } from '../keys';
import { isFolderLike, joinLocation, type Location, nameOf } from '../location';
import { type DataSyncRequest, DEFAULT_BATCH_SIZE_BYTES, type PrepareBatchDataSyncRequest } from '../request';
import { listSourcePages, SourceState } from '../source';
import type { StoredFile } from '../store';
import { refuseLosses, refuseUnreadable, type Transfer, type TransferWorld } from '../transfer';
import {
  type ByteSegment,
  LARGE_FILE_BYTES,
  ListingCutter,
  type Segment,
  type SegmentLimits,
} from './segments';

export type PlanLimits = Pick<SegmentLimits, 'maxBatches' | 'concurrency'>;

export interface SegmentPlan {
  readonly bytes: number;
  readonly files: number;
  /** The state of a source that is to be removed. */
  readonly sourceState?: string;
  /**
   * Returns the batches, as lists of requests. The requests only copy: the mirror and the removal of the source come
   * after all batches. Begins the assemblies of the files that several batches share.
   */
  toBatches(): Promise<DataSyncRequest[][]>;
}

/**
 * Plans a transfer, and refuses it before any work begins if it could not be finished.
 *
 * It lists the source once, and its memory does not grow with the listing.
 *
 * @param limits to stay within `maxBatches`, batches become larger than `batch_size_bytes_limit`
 * @throws every error of {@link listSourcePages}
 * @throws UnsafePath with all files that cannot be read or stored
 */
export async function planSegments(
  request: PrepareBatchDataSyncRequest,
  limits: PlanLimits,
  world: TransferWorld,
): Promise<SegmentPlan> {
  const ends = endsOf(request, world);
  const { cutter, isFolder, state } = await cutListing(ends, limits, request, world);
  refuseLosses({ request, isFolder, from: ends.from, to: ends.to }, world);
  const { bytes, files } = cutter;
  const sourceState = state?.end();
  return {
    bytes,
    files,
    ...withoutEmpty({ sourceState }),
    toBatches: async () => {
      await removeLinkAt({ ...ends, request, isFolder });
      return toBatches(cutter.cut(), request, ends, world.verified);
    },
  };
}

async function toBatches(
  batches: readonly (readonly Segment[])[],
  { batchSizeBytesLimit, temporaryRequestPayloadPath, ...whole }: PrepareBatchDataSyncRequest,
  ends: PlanEnds,
  verified: VerifiedRecords | undefined,
): Promise<DataSyncRequest[][]> {
  const copy = { ...whole, delete: false, retainSourceData: true, sizeOnly: isBySize(whole) };
  const isWhole = batches.length <= 1 && (batches[0] ?? []).every(({ kind }) => kind === 'keys');
  if (isWhole) return [[copy]];
  const assemblies = new Assemblies(ends, verified);
  const requests: DataSyncRequest[][] = [];
  for (const batch of batches) {
    const each = await Promise.all(batch.map((segment) => toRequest(segment, copy, ends, assemblies)));
    const made = each.filter((request) => request !== undefined);
    if (made.length > 0) requests.push(made);
  }
  return requests;
}

type PlanEnds = Pick<Transfer, 'from' | 'to' | 'source' | 'target'>;

function endsOf(request: DataSyncRequest, { stores }: TransferWorld): PlanEnds {
  const { sourcePath: from, destinationPath: to } = request;
  return { from, to, source: stores.open(from), target: stores.open(to) };
}

async function cutListing(
  { from, to, source, target }: PlanEnds,
  limits: PlanLimits,
  request: PrepareBatchDataSyncRequest,
  world: TransferWorld,
) {
  const { assembler } = target;
  const cutter = new ListingCutter({
    maxBytes: request.batchSizeBytesLimit || DEFAULT_BATCH_SIZE_BYTES,
    ...limits,
    largeFileBytes: world.settings.largeFileBytes ?? LARGE_FILE_BYTES,
    ...(assembler !== undefined && { grainOf: (size) => assembler.grainOf(size, source) }),
  });
  const keys = new KeyCheck(to);
  const unreadable: StoredFile[] = [];
  const state = request.retainSourceData ? undefined : new SourceState();
  let isFolder = true;
  for await (const page of listSourcePages(request, world))
    for (const file of page) {
      cutter.add(file);
      state?.add(file);
      if (file.key === '') isFolder = false;
      else keys.add(file.key);
      if (file.unsafe !== undefined) unreadable.push(file);
    }
  refuseUnreadable({ files: unreadable, from });
  keys.finish();
  return { cutter, isFolder, state };
}

async function toRequest(
  segment: Segment,
  copy: DataSyncRequest,
  ends: PlanEnds,
  assemblies: Assemblies,
): Promise<DataSyncRequest | undefined> {
  if (segment.kind === 'keys') {
    const { after, upTo } = segment;
    const keyRange = withoutEmpty({ after, upTo });
    // All files of one range may be gone by now. The last step of the transfer refuses missing files.
    return { ...copy, failIfMissing: false, keyRange };
  }
  const { from, to, file } = segment;
  const { size, version } = file;
  const destination = destinationOf(file, ends);
  const assembly = await assemblies.of(segment, destination, copy);
  if (assembly === undefined) return undefined;
  return {
    ...copy,
    filterRoot: copy.filterRoot ?? copy.sourcePath,
    sourcePath: joinLocation(ends.from, file.key),
    destinationPath: destination,
    byteRange: {
      from,
      to,
      size,
      ...withoutEmpty({ version }),
      assembly,
    },
  };
}

function destinationOf({ key }: StoredFile, { from, to }: PlanEnds): Location {
  return joinLocation(to, key === '' && isFolderLike(to) ? nameOf(from) : key);
}

/** The assemblies of divided files: one for each file, also when several batches have a part of it. */
class Assemblies {
  readonly #begun = new Map<string, Promise<string | undefined>>();

  constructor(
    private readonly ends: PlanEnds,
    private readonly verified: VerifiedRecords | undefined,
  ) {}

  /** Returns the id of the file's assembly; undefined for a file that needs no copy. */
  of({ file }: ByteSegment, destination: Location, request: DataSyncRequest): Promise<string | undefined> {
    const begun = this.#begun.get(file.key) ?? this.#begin(file, destination, request);
    this.#begun.set(file.key, begun);
    return begun;
  }

  async #begin(file: StoredFile, to: Location, request: DataSyncRequest): Promise<string | undefined> {
    const { target } = this.ends;
    if (target.assembler === undefined)
      throw new TypeError('the plan divides a file, and the store of the destination cannot assemble files');
    const there = await target.stat(to);
    const { copy, because } = decide(file, there, request);
    const isKnown = !copy || (because === 'no-checksum' && (await this.#isOnRecord(file, there, to)));
    return isKnown ? undefined : target.assembler.begin(to, file);
  }

  /** The plan reads no content. Only the record of the file says that the file has the content of the object. */
  async #isOnRecord(file: StoredFile, there: StoredFile | undefined, to: Location): Promise<boolean> {
    const record = there && to.scheme.isFileSystem ? await this.verified?.open(to) : undefined;
    const seen = there && (await record?.see(to, there));
    return seen?.known !== undefined && seen.known.tag === tagOf(file);
  }
}
