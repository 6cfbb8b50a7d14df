/** One transfer: its source, its destination, and the checks before anything is written. */
import type { CallTime } from '../clock';
import { UnsafePath } from '../errors';
import type { Bytes } from '../units';
import { runUntilDeadline } from './call-time';
import { runLimited } from './concurrency';
import type { VerifiedEnds, VerifiedRecords } from './copy/verified-record';
import { refuseAll, refuseUnsafeKeys } from './keys';
import type { LeaseWorld } from './lease/claims';
import type { Location } from './location';
import * as places from './location';
import { type MountPoint, toMountedPath } from './mounts';
import type { DataSyncRequest } from './request';
import { isReservedName, RESERVED } from './reserved';
import { fileSystemIdOf, localLocation } from './schemes/file-systems';
import { listSource, type SourceWorld } from './source';
import type { Store, StoredFile } from './store';

export interface TransferSettings {
  /** The mounts show that an EFS location and a local path are the same place. */
  readonly mounts: readonly MountPoint[];
  /** Several batches may share a file with more bytes than this. Default {@link LARGE_FILE_BYTES}. */
  readonly largeFileBytes?: Bytes;
}

export interface TransferWorld extends SourceWorld {
  readonly settings: TransferSettings;
  /** Records of verified files. Without them each comparison reads the contents. */
  readonly verified?: VerifiedRecords | undefined;
}

export interface SyncWorld extends TransferWorld {
  readonly time: CallTime;
  /** Gets the progress after each file, and while a large file is copied. */
  report(progress: SyncProgress): void;
  /** Leases of destinations on a file system. A request with `require_lock` needs them. */
  readonly leases?: LeaseWorld;
}

export interface SyncProgress {
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

export interface SyncOutcome {
  /** INCOMPLETE: the time of the call was nearly over. Call again with the cursor. */
  readonly status: 'DONE' | 'INCOMPLETE';
  /** The last key, in byte order, up to which all files are done; may be `''`. */
  readonly cursor?: string;
  /** Bytes that this call copied. Skipped files do not count. */
  readonly bytesTransferred: number;
  /** Files that this call copied. Skipped files do not count. */
  readonly filesTransferred: number;
  /** State of the source in an INCOMPLETE move. The request of the next call carries it. */
  readonly sourceState?: string;
}

/** Holds one record for each file, and no contents. */
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
  /**
   * Checks the lease, if the transfer holds one. Each removal calls it first. The target calls it before each rename.
   *
   * @throws LeaseLost
   */
  readonly mayCommit?: () => Promise<void>;
  readonly verified?: VerifiedEnds;
}

/**
 * Lists the source, and checks that every file can be read and stored.
 *
 * @param listed the files of the source, if the caller has just listed them
 * @throws the errors of {@link listSource}
 * @throws UnsafePath naming every file that cannot be read or stored
 */
export async function openTransfer(
  request: DataSyncRequest,
  world: TransferWorld,
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
  else refuseReservedName(to);
  refuseLosses(transfer, world);
  return transfer;
}

/** @throws UnsafePath for a file in the place of the service's own files */
function refuseReservedName(to: Location): void {
  if (to.scheme.isFileSystem && isReservedName(places.nameOf(to)))
    refuseAll([`"${places.nameOf(to)}" ${RESERVED}`], `cannot be stored at ${places.formatLocation(to)}`);
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
 * Runs the task for each file until the time is nearly over, at most `maxConcurrency` of the request at the same time.
 *
 * @returns whether the task has run for all files
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

/** @throws UnsafePath with all files that must not be read */
export function refuseUnreadable({ files, from }: Pick<Transfer, 'files' | 'from'>): void {
  const reasons = files.flatMap(({ key, unsafe }) => (unsafe === undefined ? [] : [`"${key}" ${unsafe}`]));
  refuseAll(reasons, `of ${places.formatLocation(from)} cannot be read`);
}

type Ends = Pick<Transfer, 'request' | 'isFolder' | 'from' | 'to'>;

/**
 * Refuses a mirror or a move that would remove other files than those of the transfer.
 *
 * @throws UnsafePath
 */
export function refuseLosses(ends: Ends, world: TransferWorld): void {
  refuseOverlap(ends, world);
  refuseVolume(ends, world);
}

/** Refuses a mirror or a move between a folder and a folder inside it: a removal in one would remove files of the other. */
function refuseOverlap({ request, isFolder, from, to }: Ends, world: TransferWorld): void {
  const isHarmless = request.retainSourceData && (!request.delete || !isFolder);
  if (isHarmless) return;
  const [one, other] = [from, to].map((location) => localOf(location, world.settings)) as [
    Location,
    Location,
  ];
  const overlaps = places.contains(one, other) || places.contains(other, one);
  if (overlaps)
    throw new UnsafePath(
      `${places.textOf(request.sourcePath)} and ${places.textOf(request.destinationPath)} overlap: a removal in one of them would lose files of the other. Give two separate locations, or set delete to false and retain_source_data to true`,
    );
}

/**
 * Refuses a mirror whose destination is or contains a volume of demands, and a move of such a source. Either would remove
 * the data of all executions.
 */
function refuseVolume({ request, isFolder, from, to }: Ends, { settings }: TransferWorld): void {
  const volumes = settings.mounts.filter(({ isVolume }) => isVolume);
  const removedFrom = [
    ...(request.delete && isFolder ? [to] : []),
    ...(request.retainSourceData ? [] : [from]),
  ];
  for (const location of removedFrom) {
    const folder = localOf(location, settings);
    if (volumes.some(({ path }) => places.contains(folder, localLocation(path))))
      throw new UnsafePath(
        `${places.textOf(location)} is or contains a whole volume, and such a place is never mirrored or moved. Give a path inside the volume, or set delete to false and retain_source_data to true`,
      );
  }
}

function localOf(location: Location, { mounts }: TransferSettings): Location {
  const fileSystemId = fileSystemIdOf(location);
  const isMounted = mounts.some((mount) => mount.fileSystemId === fileSystemId);
  return isMounted ? toMountedPath(location, mounts) : location;
}
