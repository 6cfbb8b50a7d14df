/** Transfers that take several calls. Each call does a part of a request and returns the position for the next call. */
import { LeaseNotAcquired, TransferMismatch } from '../errors';
import { isBySize } from '../transfer/copy/decide';
import { withLease } from '../transfer/lease/hold';
import { joinLocation, type Location } from '../transfer/location';
import type { DataSyncRequest } from '../transfer/request';
import { listSourcePages, sourceStateOf } from '../transfer/source';
import type { Assembler, Store, StoredFile, Stores } from '../transfer/store';
import { finishSync, removeMoved, syncData } from '../transfer/sync';
import { destinationOf, openTransfer, type SyncOutcome, type SyncWorld } from '../transfer/transfer';
import type { Bytes } from '../units';
import { withoutEmpty } from '../wire/json';
import { type CursorPosition, START } from './cursor';

/** Least size of a file that several calls assemble. A whole call has enough time for a smaller file. */
const MIN_ASSEMBLED_BYTES: Bytes = 64 * 1024 ** 2;

export interface ResumedTransfer {
  readonly outcome: SyncOutcome;
  /** The position at which the next call continues an INCOMPLETE request. */
  readonly position: CursorPosition;
}

/**
 * Continues the copy of one request from a position, for the time of one call. The source of a move stays: its outcome
 * DONE has the state of the source, and {@link removeMovedSource} removes it in a later call. While another writer has the
 * destination, the outcome is INCOMPLETE at the same position.
 *
 * @param listed the files of the source, if the caller has just listed them
 * @throws the errors of {@link syncData} except LeaseNotAcquired
 */
export async function resumeTransfer(
  request: DataSyncRequest,
  position: CursorPosition,
  world: SyncWorld,
  listed?: readonly StoredFile[],
): Promise<ResumedTransfer> {
  return incompleteWhileLeased(position, async () => {
    const assembled =
      position.assembly === undefined ? undefined : await resumeAssembly(request, position, world);
    if (assembled !== undefined) return assembled;
    const { index, key, sourceState } = position;
    const asked = { ...request, ...withoutEmpty({ sourceState }) };
    const outcome = await syncData(asked, key, world, { listed, leavesSource: true });
    const next = {
      index,
      ...withoutEmpty({ key: outcome.cursor, sourceState: sourceState ?? outcome.sourceState }),
    };
    const isStuck = outcome.status === 'INCOMPLETE' && outcome.cursor === key;
    return {
      outcome,
      position: isStuck && request.byteRange === undefined ? { ...next, assembly: '' } : next,
    };
  });
}

/**
 * Finishes a transfer whose batches are done, see {@link finishSync}. The source of a move stays, as in
 * {@link resumeTransfer}. While another writer has the destination, the outcome is INCOMPLETE.
 *
 * @throws the errors of {@link finishSync} except LeaseNotAcquired
 */
export async function finishTransfer(request: DataSyncRequest, world: SyncWorld): Promise<SyncOutcome> {
  return outcomeWhileLeased(() => finishSync(request, world, { leavesSource: true }));
}

/**
 * Removes the source of a copied move, in a call of its own: a repeated call does not take the missing source for an
 * error. While another writer has the destination, the outcome is INCOMPLETE.
 *
 * @param sourceState the state of the source in the outcome of the copy
 * @throws the errors of {@link removeMoved} except LeaseNotAcquired
 */
export async function removeMovedSource(
  request: DataSyncRequest,
  sourceState: string,
  world: SyncWorld,
): Promise<SyncOutcome> {
  return outcomeWhileLeased(() => removeMoved({ ...request, sourceState }, world));
}

async function outcomeWhileLeased(task: () => Promise<SyncOutcome>): Promise<SyncOutcome> {
  const { outcome } = await incompleteWhileLeased(START, async () => ({
    outcome: await task(),
    position: START,
  }));
  return outcome;
}

async function incompleteWhileLeased(
  position: CursorPosition,
  task: () => Promise<ResumedTransfer>,
): Promise<ResumedTransfer> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof LeaseNotAcquired)) throw error;
    return { outcome: { status: 'INCOMPLETE', bytesTransferred: 0, filesTransferred: 0 }, position };
  }
}

/** Copies ranges of the next file. @returns undefined when the next file needs no assembly, or cannot have one */
async function resumeAssembly(
  request: DataSyncRequest,
  position: CursorPosition,
  world: SyncWorld,
): Promise<ResumedTransfer | undefined> {
  const file = await nextFile(request, position, world);
  if (file === undefined || file.size < MIN_ASSEMBLED_BYTES) return undefined;
  const transfer = await openTransfer(request, world, [file]);
  const { assembler } = transfer.target;
  if (assembler === undefined) return undefined;
  const to = destinationOf(transfer, file);
  // The lease is on the whole request: a lease on a range would not exclude other writers of the request.
  return withLease(transfer, world, async ({ mayCommit }, held) => {
    const state = sourceStateOf([file]);
    const id = await assemblyOf(file, state, position, to, assembler);
    const source = joinLocation(transfer.from, file.key);
    const wholeFile = wholeFileRequest(request, file, id, { source, destination: to });
    const guarded = { ...held, stores: guardedBy(mayCommit, held.stores) };
    const outcome = await syncData(wholeFile, undefined, guarded).catch(async (error) => {
      // No answer names this upload any more, and S3 would bill its parts. A later call finds an assembly of files
      // again.
      if (error instanceof TransferMismatch || to.scheme.partsAreBilled) await assembler.abandon(to, id);
      throw error;
    });
    if (outcome.status === 'INCOMPLETE')
      return { outcome, position: { ...position, assembly: `${state} ${id}` } };
    const { index, sourceState } = position;
    return {
      outcome: { ...outcome, status: 'INCOMPLETE' },
      position: { index, key: file.key, ...withoutEmpty({ sourceState }) },
    };
  });
}

/** Returns the id of the begun assembly of this version of the file, or begins one. */
async function assemblyOf(
  file: StoredFile,
  state: string,
  { assembly = '' }: CursorPosition,
  to: Location,
  assembler: Assembler,
): Promise<string> {
  const [begunState, ...words] = assembly.split(' ');
  const begunId = words.join(' ');
  if (begunState === state) return begunId;
  // A file must not have ranges of two versions.
  if (words.length > 0) await assembler.abandon(to, begunId);
  return assembler.begin(to, file);
}

/** Returns the request for all bytes of one file. It only copies. */
function wholeFileRequest(
  { keyRange: _, ...request }: DataSyncRequest,
  { size, version }: StoredFile,
  assembly: string,
  { source, destination }: { readonly source: Location; readonly destination: Location },
): DataSyncRequest {
  return {
    ...request,
    sourcePath: source,
    destinationPath: destination,
    filterRoot: request.filterRoot ?? request.sourcePath,
    delete: false,
    retainSourceData: true,
    sizeOnly: isBySize(request),
    requireLock: false,
    byteRange: { from: 0, to: size, size, assembly, ...withoutEmpty({ version }) },
  };
}

function guardedBy(mayCommit: (() => Promise<void>) | undefined, stores: Stores): Stores {
  if (mayCommit === undefined) return stores;
  const guard = (store: Store) => store.guardedBy?.(mayCommit) ?? store;
  return { open: (location) => guard(stores.open(location)) };
}

/** Returns the first file after the position. */
async function nextFile(
  request: DataSyncRequest,
  { key }: CursorPosition,
  world: SyncWorld,
): Promise<StoredFile | undefined> {
  const after = key ?? request.keyRange?.after;
  const range = { ...request.keyRange, ...withoutEmpty({ after }) };
  const rest = { ...request, keyRange: range, failIfMissing: false };
  for await (const page of listSourcePages(rest, world)) {
    const [first] = page;
    // A source that is a single file is in every range.
    if (first !== undefined) return first.key === '' && key !== undefined ? undefined : first;
  }
  return undefined;
}
