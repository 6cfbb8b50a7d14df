/** Listings of source and destination at the same time: each listing mostly waits for its store. */
import { listDestination } from './finish/mirror';
import type { DataSyncRequest } from './request';
import { listSourcePages, type SourceWorld } from './source';
import type { StoredFile } from './store';

export type Existing = ReadonlyMap<string, StoredFile>;

export interface Listings {
  /** The filtered source, in byte order of the keys. */
  readonly files: readonly StoredFile[];
  /** The files of the destination by their keys; undefined if the caller lists them later or does not need them. */
  readonly existing?: Promise<Existing>;
}

/**
 * Lists the source to its end. Starts the listing of the destination when the first page shows that the source is a
 * folder.
 *
 * With a lease the destination is listed later: another writer may still write there until this call has the lease.
 *
 * @param world its signal ends the listing of the destination if the caller does not need the listing
 * @throws the errors of {@link listSourcePages}; an error of the destination's listing rejects `existing` only
 */
export async function listSourceAndDestination(
  request: DataSyncRequest,
  world: SourceWorld,
): Promise<Listings> {
  const files: StoredFile[] = [];
  let existing: Promise<Existing> | undefined;
  for await (const page of listSourcePages(request, world)) {
    const isFirst = files.length === 0;
    for (const file of page) files.push(file);
    if (!isFirst || files[0]?.key === '' || !mayListAhead(request)) continue;
    existing = listFolder(request, world);
    existing.catch(() => undefined);
  }
  return existing === undefined ? { files } : { files, existing };
}

/** Returns whether the transfer compares files with the destination, or removes files there. */
export function needsDestination(request: DataSyncRequest): boolean {
  return request.delete || !request.force;
}

function mayListAhead(request: DataSyncRequest): boolean {
  const isLeased = request.requireLock && request.destinationPath.scheme.isFileSystem;
  return needsDestination(request) && !isLeased;
}

async function listFolder(request: DataSyncRequest, { stores, signal }: SourceWorld): Promise<Existing> {
  const { destinationPath: to } = request;
  return listDestination({ target: stores.open(to), to, isFolder: true, request }, signal);
}
