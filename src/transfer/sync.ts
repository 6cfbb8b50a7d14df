/** A whole transfer: copy, then mirror, then remove the source. A call can resume it after any file. */
import { withoutEmpty } from '../wire/json';
import { assembleRange, finishLarge } from './copy/assemble';
import { withChecksums } from './copy/compare';
import { copyFile } from './copy/copy-file';
import { decide } from './copy/decide';
import { Refusals } from './copy/refusals';
import { removeLinkAt, withoutLinks } from './copy/staging';
import { copyOnRecord, withVerified } from './copy/verified';
import { listDestination, removeStale } from './finish/mirror';
import { isSourceWhole, refuseChangedSource, removeSource } from './finish/move';
import { compareKeys } from './keys';
import { withLease } from './lease/hold';
import { type Existing, type Listings, listSourceAndDestination, needsDestination } from './listings';
import type { DataSyncRequest } from './request';
import { sourceStateOf } from './source';
import type { StoredFile } from './store';
import {
  forEachFile,
  openTransfer,
  type SyncOutcome,
  type SyncProgress,
  type SyncWorld,
  type Transfer,
} from './transfer';

export interface SyncOptions {
  /** The files of the source, if the caller has just listed them. */
  readonly listed?: readonly StoredFile[] | undefined;
  /** True: a move leaves its source, and {@link removeMoved} removes it in a later call. Default: false. */
  readonly leavesSource?: boolean;
}

/**
 * Makes the destination hold the filtered source.
 *
 * The transfer lists the whole source and checks every key before it writes anything. A file appears whole or not at
 * all. A mirror removes files only after all files have arrived. The source is removed last (`retain_source_data`
 * false).
 *
 * @param cursor the cursor of an INCOMPLETE outcome of the same request: the transfer resumes there
 * @throws DataSourceMissing, FilterMatchesNothing, UnsafePath before anything is written
 * @throws TransferMismatch when a file changed while it was copied; finished files stay
 * @throws LeaseNotAcquired, LeaseLost with `require_lock`, see {@link withLease}; finished files stay
 */
export async function syncData(
  request: DataSyncRequest,
  cursor: string | undefined,
  world: SyncWorld,
  { listed, leavesSource = false }: SyncOptions = {},
): Promise<SyncOutcome> {
  const stop = new AbortController();
  const signal = AbortSignal.any([world.signal, stop.signal]);
  try {
    const listings: Listings =
      listed === undefined
        ? await listSourceAndDestination(request, { ...world, signal })
        : { files: listed };
    return await withLease(
      await openTransfer(request, world, listings.files),
      world,
      async (transfer, held) => {
        if (request.byteRange !== undefined) return assembleRange(transfer, held);
        await removeLinkAt(transfer);
        const listed = await (listings.existing ?? listExisting(transfer, held));
        const existing = await withoutLinks(transfer, listed);
        const copied = await withVerified(transfer, held, (known) =>
          copyFiles(known, existing, cursor, held),
        );
        const outcome =
          copied.status === 'INCOMPLETE'
            ? copied
            : { ...copied, ...(await finish(transfer, existing, held, leavesSource)) };
        if (outcome.status === 'DONE' && !leavesSource) return outcome;
        return { ...outcome, ...movedState(transfer) };
      },
    );
  } finally {
    stop.abort();
  }
}

async function listExisting(transfer: Transfer, { signal }: SyncWorld): Promise<Existing> {
  return needsDestination(transfer.request) ? listDestination(transfer, signal) : new Map();
}

/**
 * Does the last steps of {@link syncData} for a source that was copied in batches: verify, mirror, remove the source.
 *
 * @throws TransferMismatch when a large file, or a file to remove from the source, is not at the destination
 * @throws LeaseNotAcquired, LeaseLost with `require_lock`, see {@link withLease}
 */
export async function finishSync(
  request: DataSyncRequest,
  world: SyncWorld,
  { leavesSource = false }: Pick<SyncOptions, 'leavesSource'> = {},
): Promise<SyncOutcome> {
  return withLease(await openTransfer(request, world), world, async (transfer, held) => {
    await finishLarge(transfer, held);
    const existing = request.delete ? await listDestination(transfer, held.signal) : new Map();
    const finished = await finish(transfer, existing, held, leavesSource);
    return { ...NOTHING_COPIED, ...finished, ...movedState(transfer) };
  });
}

/**
 * Removes the source of a move whose files are at the destination. A source that is not there any more is no error: an
 * earlier call has removed it, and its answer was lost.
 *
 * @throws TransferMismatch when a file is not at the destination, or has changed since it was copied
 * @throws LeaseNotAcquired, LeaseLost with `require_lock`, see {@link withLease}
 */
export async function removeMoved(given: DataSyncRequest, world: SyncWorld): Promise<SyncOutcome> {
  const request = { ...given, failIfMissing: false };
  return withLease(await openTransfer(request, world), world, async (transfer, held) => {
    await refuseChangedSource(transfer, held.signal);
    const isDone = await removeSource(transfer, held);
    return { ...NOTHING_COPIED, status: isDone ? 'DONE' : 'INCOMPLETE' };
  });
}

const NOTHING_COPIED = { bytesTransferred: 0, filesTransferred: 0 } as const;

function movedState({ request, files }: Transfer): { sourceState?: string } {
  return request.retainSourceData ? {} : { sourceState: sourceStateOf(files) };
}

async function copyFiles(
  transfer: Transfer,
  existing: Existing,
  cursor: string | undefined,
  world: SyncWorld,
): Promise<SyncOutcome> {
  const { files, request } = transfer;
  const rest = cursor === undefined ? files : files.filter(({ key }) => compareKeys(key, cursor) > 0);
  const progress = startProgress(files, rest);
  const doneAhead = new Set<StoredFile>();
  const refusals = new Refusals();
  let finished = 0;
  let bytesTransferred = 0;
  let filesTransferred = 0;
  const copy = async (file: StoredFile, signal: AbortSignal) => {
    let arrived = 0;
    const compared = await withChecksums(transfer, file, existing.get(file.key), signal);
    if (decide(...compared, request).copy) {
      const onBytes = (bytes: number) => {
        arrived += bytes;
        progress.bytesDone += bytes;
        world.report({ ...progress });
      };
      await copyOnRecord(transfer, file, (recorded) => copyFile(recorded, file, signal, onBytes));
      filesTransferred++;
      bytesTransferred += file.size;
    }
    // The cursor passes a file only if all files before it are done.
    doneAhead.add(file);
    for (let next = rest[finished]; next !== undefined && doneAhead.delete(next); next = rest[finished])
      finished++;
    progress.filesDone++;
    progress.bytesDone += file.size - arrived;
    world.report({ ...progress });
  };
  const copyOrCollect = (file: StoredFile, inner: AbortSignal) => refusals.collect(() => copy(file, inner));
  const isDone = await forEachFile(transfer, rest, copyOrCollect, world);
  refusals.throwIfAny();
  const reached = finished === 0 ? cursor : rest[finished - 1]?.key;
  const counts = { bytesTransferred, filesTransferred };
  return isDone ? { status: 'DONE', ...counts } : { status: 'INCOMPLETE', ...cursorOf(reached), ...counts };
}

async function finish(
  transfer: Transfer,
  existing: Existing,
  world: SyncWorld,
  leavesSource: boolean,
): Promise<Pick<SyncOutcome, 'status' | 'cursor'>> {
  const { request, files, isFolder } = transfer;
  const keepsSource = request.retainSourceData || leavesSource;
  if (!request.retainSourceData) await refuseChangedSource(transfer, world.signal);
  const mayMirror =
    request.delete && isFolder && (request.retainSourceData || (await isSourceWhole(transfer)));
  const isDone =
    (!mayMirror || (await removeStale(transfer, existing, world))) &&
    (keepsSource || (await removeSource(transfer, world)));
  return isDone ? { status: 'DONE' } : { status: 'INCOMPLETE', ...cursorOf(files.at(-1)?.key) };
}

function startProgress(
  files: readonly StoredFile[],
  rest: readonly StoredFile[],
): { -readonly [K in keyof SyncProgress]: SyncProgress[K] } {
  const bytesTotal = sumSizes(files);
  return {
    filesDone: files.length - rest.length,
    filesTotal: files.length,
    bytesDone: bytesTotal - sumSizes(rest),
    bytesTotal,
  };
}

function sumSizes(files: readonly StoredFile[]): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}

function cursorOf(key: string | undefined): { cursor?: string } {
  return withoutEmpty({ cursor: key });
}
