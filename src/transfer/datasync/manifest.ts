/** The manifest of a task: the list of its files, in DataSync's format. */
import { DATASYNC_NAME_BYTES, DATASYNC_PATH_BYTES, MANIFEST_BYTES } from '../../aws-limits';
import { decide, isBySize } from '../copy/decide';
import { refuseUnsafeKeys } from '../keys';
import { textOf } from '../location';
import type { DataSyncRequest } from '../request';
import { SortedListing } from '../sorted-listing';
import { listSourcePages, type SourceWorld } from '../source';
import { pagesOf, type StoredFile } from '../store';
import { refuseUnreadable } from '../transfer';
import type { TaskEnd } from './ends';

/** DataSync cannot do this transfer correctly. The functions of this package can. */
export class NotForDataSync extends Error {
  override readonly name = 'NotForDataSync';
}

export interface ManifestEnds {
  readonly source: TaskEnd;
  readonly destination: TaskEnd;
  /** The largest number of files and of folders around them. */
  readonly maxEntries: number;
}

/**
 * Yields the filtered source as CSV, one text for each page of the listing. Each line has the quoted path of a file
 * below the source. If sizes decide ({@link isBySize}), files that have the same size at the destination are left out.
 * The listing has no folder markers, and files with reserved names are refused, so DataSync needs no filters.
 * https://docs.aws.amazon.com/datasync/latest/userguide/transferring-with-manifest.html
 *
 * @throws NotForDataSync for a path, a link or a number of files that DataSync does not accept
 * @throws UnsafePath for files that cannot be read or stored
 * @throws every error of {@link listSourcePages}
 */
export async function* manifestOf(
  request: DataSyncRequest,
  ends: ManifestEnds,
  world: SourceWorld,
): AsyncGenerator<string> {
  const { sourcePath: source, destinationPath: destination } = request;
  const existing =
    isBySize(request) && !request.force
      ? new SortedListing(pagesOf(world.stores.open(destination), destination, world.signal))
      : undefined;
  const folders = new FolderCounter();
  let entries = 0;
  let bytes = 0;
  for await (const listed of listSourcePages(request, world)) {
    refuseUnreadable({ files: listed, from: source });
    for (const file of listed) refuseForDataSync(file, ends);
    const page = existing === undefined ? listed : await differing(listed, existing, request);
    for (const { key } of page) entries += 1 + folders.countNew(key);
    refuseUnsafeKeys(keysOf(page), destination);
    const lines = page.map(({ key }) => `${quote(key)}\n`).join('');
    bytes += Buffer.byteLength(lines);
    if (entries > ends.maxEntries)
      throw new NotForDataSync(`${textOf(source)} has more than ${ends.maxEntries} files and folders`);
    if (bytes > MANIFEST_BYTES) throw new NotForDataSync('the list of the files has more than 20 GB');
    if (lines !== '') yield lines;
  }
}

/** Returns the files of a page that need a copy. */
async function differing(
  page: readonly StoredFile[],
  existing: SortedListing,
  request: DataSyncRequest,
): Promise<readonly StoredFile[]> {
  const found: StoredFile[] = [];
  for (const file of page) if (decide(file, await existing.find(file.key), request).copy) found.push(file);
  return found;
}

/** Counts the folders of keys. In byte order the keys of one folder are neighbours. */
class FolderCounter {
  #open: readonly string[] = [];

  countNew(key: string): number {
    const folders = key.split('/').slice(0, -1);
    const firstOther = folders.findIndex((name, depth) => this.#open[depth] !== name);
    this.#open = folders;
    return firstOther < 0 ? 0 : folders.length - firstOther;
  }
}

function keysOf(page: readonly StoredFile[]): readonly string[] {
  return page.map(({ key }) => key);
}

function refuseForDataSync({ key, isLink }: StoredFile, { source, destination }: ManifestEnds): void {
  const reason = isLink
    ? 'is a symbolic link, which DataSync copies as a link'
    : explainPath(key, source, destination);
  if (reason !== undefined) throw new NotForDataSync(`"${key}" ${reason}`);
}

function explainPath(key: string, source: TaskEnd, destination: TaskEnd): string | undefined {
  if (key === '') return 'is a single file, and DataSync cannot give it a new name';
  const names = key.split('/');
  if (names.some((name) => ['', '.', '..'].includes(name))) return 'has an empty name, "." or ".."';
  if (names.some((name) => Buffer.byteLength(name) > DATASYNC_NAME_BYTES))
    return `has a name of more than ${DATASYNC_NAME_BYTES} bytes`;
  const longest = Math.max(...[source, destination].map((end) => Buffer.byteLength(end.subdirectory + key)));
  return longest > DATASYNC_PATH_BYTES ? `makes a path of more than ${DATASYNC_PATH_BYTES} bytes` : undefined;
}

/** Quotes a path and doubles its quotes. Without quotes, a comma begins a version id and a line end begins a path. */
function quote(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}
