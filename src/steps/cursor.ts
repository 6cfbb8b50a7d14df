/** How a transfer goes on from call to call. */
import { DemandValidationError, LeaseNotAcquired, TransferMismatch } from '../errors';
import { isBySize } from '../transfer/copy/decide';
import { withLease } from '../transfer/lease/hold';
import { joinLocation } from '../transfer/location';
import type { DataSyncRequest } from '../transfer/request';
import { listSourcePages, sourceStateOf } from '../transfer/source';
import type { Store, StoredFile, Stores } from '../transfer/store';
import { finishSync, syncData } from '../transfer/sync';
import { destinationOf, openTransfer, type SyncOutcome, type SyncWorld } from '../transfer/transfer';
import { withoutEmpty } from '../wire/json';

/** Below this a file that did not arrive in a whole call did not lack time. */
const LEAST_SLOW_BYTES = 64 * 1024 ** 2;

/** Where the next call begins. */
export interface CursorPosition {
  /** Which of the requests. */
  readonly index: number;
  /** All keys up to this one are done. */
  readonly key?: string;
  /**
   * A call moved nothing on: the next file is put together by several. Which one, of which version, and the
   * assembly's id; `''` when it is not begun.
   */
  readonly slow?: string;
  /** Of a source that is to be removed, as the first call found it. */
  readonly state?: string;
}

const START: CursorPosition = { index: 0 };

/** @throws DemandValidationError for what {@link writeCursor} has not written */
export function readCursor(cursor: string): CursorPosition {
  if (cursor === '') return START;
  const [index, key, slow, state] = parse(cursor);
  if (!Number.isSafeInteger(index))
    throw new DemandValidationError([
      {
        pointer: '/cursor',
        message: 'is not a cursor',
        remedy: 'Give that of the last answer, or "" at first',
      },
    ]);
  return {
    index: index as number,
    ...(typeof key === 'string' ? { key } : {}),
    ...(typeof slow === 'string' ? { slow } : {}),
    ...(typeof state === 'string' ? { state } : {}),
  };
}

export function writeCursor({ index, key, slow, state }: CursorPosition): string {
  if (state !== undefined) return JSON.stringify([index, key ?? null, slow ?? null, state]);
  if (index === 0 && key === undefined && slow === undefined) return '';
  return JSON.stringify([index, key ?? null, ...(slow === undefined ? [] : [slow])]);
}

export interface Advance {
  /** A request that is not done goes on at `position`. */
  readonly outcome: SyncOutcome;
  readonly position: CursorPosition;
}

/**
 * Works on one request from a position on, for one call.
 *
 * A call that could only wait for another writer is no failure: the next one begins where it would have begun.
 *
 * @param listed the source, where somebody has just listed it
 */
export async function advance(
  request: DataSyncRequest,
  position: CursorPosition,
  world: SyncWorld,
  listed?: readonly StoredFile[],
): Promise<Advance> {
  return unlessBusy(position, async () => {
    const slow = position.slow === undefined ? undefined : await advanceSlow(request, position, world);
    if (slow !== undefined) return slow;
    const state = withoutEmpty({ sourceState: position.state });
    const outcome = await syncData({ ...request, ...state }, position.key, world, listed);
    const next = {
      index: position.index,
      ...withoutEmpty({ key: outcome.cursor }),
      ...stateOf(position.state ?? outcome.sourceState),
    };
    const isStuck = outcome.status === 'INCOMPLETE' && outcome.cursor === position.key;
    return { outcome, position: isStuck && request.byteRange === undefined ? { ...next, slow: '' } : next };
  });
}

/** The end of a transfer in batches, as {@link finishSync}; INCOMPLETE also while another writer has the destination. */
export async function finishUnlessBusy(request: DataSyncRequest, world: SyncWorld): Promise<SyncOutcome> {
  const { outcome } = await unlessBusy(START, async () => ({
    outcome: await finishSync(request, world),
    position: START,
  }));
  return outcome;
}

async function unlessBusy(position: CursorPosition, task: () => Promise<Advance>): Promise<Advance> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof LeaseNotAcquired)) throw error;
    return { outcome: { status: 'INCOMPLETE', bytesTransferred: 0, filesTransferred: 0 }, position };
  }
}

/** A file that takes longer than a call is put together by several. @returns undefined when there is none */
async function advanceSlow(
  request: DataSyncRequest,
  position: CursorPosition,
  world: SyncWorld,
): Promise<Advance | undefined> {
  const file = await nextFile(request, position, world);
  if (file === undefined || file.size < LEAST_SLOW_BYTES) return undefined;
  const transfer = await openTransfer(request, world, [file]);
  const { assembler } = transfer.target;
  if (assembler === undefined) return undefined;
  const to = destinationOf(transfer, file);
  // Under the lease of the whole request, which that of a range would not keep another writer from.
  return withLease(transfer, world, async ({ mayCommit }, held) => {
    const state = sourceStateOf([file]);
    const [begunOf, ...begun] = (position.slow ?? '').split(' ');
    const isBegun = begunOf === state;
    // What came of another version is never mixed with this one.
    if (begun.length > 0 && !isBegun) await assembler.abandon(to, begun.join(' '));
    const id = isBegun ? begun.join(' ') : await assembler.begin(to, file);
    const { size, version } = file;
    const whole = {
      ...request,
      sourcePath: joinLocation(transfer.from, file.key),
      destinationPath: to,
      filterRoot: request.filterRoot ?? request.sourcePath,
      delete: false,
      retainSourceData: true,
      sizeOnly: isBySize(request),
      requireLock: false,
      byteRange: { from: 0, to: size, size, assembly: id, ...withoutEmpty({ version }) },
    };
    const { keyRange: _, ...alone } = whole;
    const guarded = { ...held, stores: guardedBy(mayCommit, held.stores) };
    const outcome = await syncData(alone, undefined, guarded).catch(async (error) => {
      // Of an upload nobody is told any more, and its parts would be billed; what is on a file system is found again.
      if (error instanceof TransferMismatch || to.scheme.partsAreBilled) await assembler.abandon(to, id);
      throw error;
    });
    if (outcome.status === 'INCOMPLETE')
      return { outcome, position: { ...position, slow: `${state} ${id}` } };
    return {
      outcome: { ...outcome, status: 'INCOMPLETE' },
      position: { index: position.index, key: file.key, ...stateOf(position.state) },
    };
  });
}

function guardedBy(mayCommit: (() => Promise<void>) | undefined, stores: Stores): Stores {
  if (mayCommit === undefined) return stores;
  const guard = (store: Store) => store.guardedBy?.(mayCommit) ?? store;
  return { open: (location) => guard(stores.open(location)) };
}

function stateOf(state: string | undefined): { readonly state?: string } {
  return withoutEmpty({ state });
}

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
    // A source that is itself the file is in any range.
    if (first !== undefined) return first.key === '' && key !== undefined ? undefined : first;
  }
  return undefined;
}

function parse(cursor: string): readonly unknown[] {
  try {
    const read: unknown = JSON.parse(cursor);
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}
