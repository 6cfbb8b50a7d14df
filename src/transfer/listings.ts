/** Lists source and destination at once, because each listing mostly waits for its own store. */
import { listDestination } from './finish/mirror';
import type { DataSyncRequest } from './request';
import { listSourcePages, type SourceWorld } from './source';
import type { StoredFile } from './store';

export type Existing = ReadonlyMap<string, StoredFile>;

export interface Listings {
  /** The filtered source, in byte order of the keys. */
  readonly files: readonly StoredFile[];
  /** The files at the destination. Undefined when they are listed later, or not at all. */
  readonly existing?: Promise<Existing>;
}

/**
 * Lists the source to its end. The listing of the destination begins once the source is known to be a folder.
 *
 * A transfer with a lease lists its destination later: it must see the files of the writer that had the lease before.
 *
 * @param world its signal ends the listing of the destination
 * @throws every error of {@link listSourcePages}; the promise of the destination has its own errors
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
