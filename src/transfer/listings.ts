/** Both ends of a transfer, listed side by side: each waits for its own store most of the time. */
import { listDestination } from './finish/mirror';
import type { DataSyncRequest } from './request';
import { listSourcePages, type SourceWorld } from './source';
import type { StoredFile } from './store';

export type Existing = ReadonlyMap<string, StoredFile>;

export interface Listings {
  /** The filtered source, in byte order of the keys. */
  readonly files: readonly StoredFile[];
  /** What is at the destination; undefined where it has to be listed later, or is not asked for. */
  readonly existing?: Promise<Existing>;
}

/**
 * Lists the source to its end and begins with the destination once the source is known to be a folder.
 *
 * Not under a lease: whoever waited for it has to find what the one before has written.
 *
 * @param world whose signal ends the listing of the destination, should nobody want it any more
 * @throws what {@link listSourcePages} throws; a destination that cannot be listed is told only by its promise
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
