/** One transfer, looked at from both ends before anything is written. */
import type { CallTime } from '../clock';
import { UnsafePath } from '../errors';
import { runUntilDeadline } from './call-time';
import { runLimited } from './concurrency';
import type { VerifiedEnds, VerifiedRecords } from './copy/verified-record';
import { refuseAll, refuseUnsafeKeys } from './keys';
import type { LeaseWorld } from './lease/claims';
import type { Location } from './location';
import * as places from './location';
import { toMountedPath } from './mounts';
import type { DataSyncRequest } from './request';
import { fileSystemIdOf } from './schemes/file-systems';
import { listSource, type SourceWorld } from './source';
import type { Store, StoredFile } from './store';

export interface SyncWorld extends SourceWorld {
  readonly time: CallTime;
  report(progress: SyncProgress): void;
  /** What `require_lock` needs for a destination on a file system. */
  readonly leases?: LeaseWorld;
  /** Spares the reading of what was compared before; without it contents are read each time. */
  readonly verified?: VerifiedRecords | undefined;
}

export interface SyncProgress {
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

export interface SyncOutcome {
  /** INCOMPLETE: time was nearly up; call again with the cursor. */
  readonly status: 'DONE' | 'INCOMPLETE';
  /** The key up to which all files are done, in byte order; may be `''`. */
  readonly cursor?: string;
  /** What this call copied; what was skipped does not count. */
  readonly bytesTransferred: number;
  readonly filesTransferred: number;
  /** Of a source that is to be removed and was not: for the next call's request. */
  readonly sourceState?: string;
}

/** Holds one record a file, never content. */
export interface Transfer {
  readonly request: DataSyncRequest;
  readonly source: Store;
  readonly target: Store;
  readonly from: Location;
  readonly to: Location;
  /** The filtered source, in byte order of the keys. */
  readonly files: readonly StoredFile[];
  /** The source is a folder or a prefix, not one file. */
  readonly isFolder: boolean;
  /** To be asked before each removal, where a lease is held; the target asks it before each rename. @throws LeaseLost */
  readonly mayCommit?: () => Promise<void>;
  readonly verified?: VerifiedEnds;
}

/**
 * Lists the source and makes sure that every file of it can be read and stored.
 *
 * @param listed the source, where somebody has just listed it
 * @throws what {@link listSource} throws
 * @throws UnsafePath naming every file that cannot be
 */
export async function openTransfer(
  request: DataSyncRequest,
  world: SourceWorld,
  listed?: readonly StoredFile[],
): Promise<Transfer> {
  const { sourcePath: from, destinationPath: destination } = request;
  const files = listed ?? (await listSource(request, world));
  const isFolder = files[0]?.key !== '';
  const to =
    !isFolder && places.isFolderLike(destination)
      ? places.joinLocation(destination, places.nameOf(from))
      : destination;
  const [source, target] = [world.stores.open(from), world.stores.open(to)];
  const transfer: Transfer = { request, source, target, from, to, files, isFolder };
  refuseUnreadable(transfer);
  if (isFolder) refuseUnsafeKeys(keysOf(transfer), to);
  refuseOverlap(transfer, world);
  return transfer;
}

export function sourceOf(transfer: Transfer, file: StoredFile): Location {
  return places.joinLocation(transfer.from, file.key);
}

export function destinationOf(transfer: Transfer, file: StoredFile): Location {
  return places.joinLocation(transfer.to, file.key);
}

export function keysOf(transfer: Transfer): readonly string[] {
  return transfer.files.map((file) => file.key);
}

/**
 * Does something for each file while there is time, as many at once as the request allows.
 *
 * @returns whether it was done for all of them
 */
export async function forEachFile(
  transfer: Transfer,
  files: readonly StoredFile[],
  task: (file: StoredFile, signal: AbortSignal) => Promise<void>,
  world: SyncWorld,
): Promise<boolean> {
  const limit = Math.min(transfer.request.maxConcurrency, files.length);
  return runUntilDeadline(
    world,
    async (options) => (await runLimited(files, limit, task, options)) === files.length,
  );
}

/** @throws UnsafePath naming all files that must not be read */
export function refuseUnreadable({ files, from }: Pick<Transfer, 'files' | 'from'>): void {
  const reasons = files.flatMap(({ key, unsafe }) => (unsafe === undefined ? [] : [`"${key}" ${unsafe}`]));
  refuseAll(reasons, `of ${places.formatLocation(from)} cannot be read`);
}

/** A mirror or a move would delete files of one side for those of the other. @throws UnsafePath */
export function refuseOverlap(
  { request, isFolder, from, to }: Pick<Transfer, 'request' | 'isFolder' | 'from' | 'to'>,
  world: SourceWorld,
): void {
  const isHarmless = request.retainSourceData && (!request.delete || !isFolder);
  if (isHarmless) return;
  const [one, other] = [from, to].map((location) => localOf(location, world)) as [Location, Location];
  const overlaps = places.contains(one, other) || places.contains(other, one);
  if (overlaps)
    throw new UnsafePath(
      `${places.textOf(request.sourcePath)} and ${places.textOf(request.destinationPath)} overlap, so deleting in one would lose files of the other. Give places apart, or set delete to false and retain_source_data to true`,
    );
}

function localOf(location: Location, { mounts = [] }: SourceWorld): Location {
  const fileSystemId = fileSystemIdOf(location);
  const isMounted = mounts.some((mount) => mount.fileSystemId === fileSystemId);
  return isMounted ? toMountedPath(location, mounts) : location;
}
