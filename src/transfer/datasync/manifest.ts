/** The list of exactly the files that a task is to transfer, as DataSync reads it. */
import { DATASYNC_NAME_BYTES, DATASYNC_PATH_BYTES, MANIFEST_BYTES } from '../../aws-limits';
import { decide, isBySize } from '../copy/decide';
import { compareKeys, refuseAll, refuseUnsafeKeys } from '../keys';
import { formatLocation, type Location, textOf } from '../location';
import type { DataSyncRequest } from '../request';
import { listSourcePages, type SourceWorld } from '../source';
import { pagesOf, type StoredFile } from '../store';
import type { TaskEnd } from './ends';

/** What DataSync cannot transfer as it is meant, though our own functions can. */
export class NotForDataSync extends Error {
  override readonly name = 'NotForDataSync';
}

export interface ManifestEnds {
  readonly source: TaskEnd;
  readonly destination: TaskEnd;
  /** Files and the folders that hold them. */
  readonly maxEntries: number;
}

/**
 * The filtered source as CSV, a page of the listing at a time: the path of each file below the source, quoted, on a
 * line of its own; without the files that are at the destination in the same size, where that is enough
 * ({@link isBySize}). Filters, leftovers and folder markers are through with the listing, so nothing has to be told
 * to DataSync but this. https://docs.aws.amazon.com/datasync/latest/userguide/transferring-with-manifest.html
 *
 * @throws NotForDataSync for a path, a link or a number of files that DataSync does not take
 * @throws UnsafePath for what nobody can read or store
 * @throws what {@link listSourcePages} throws
 */
export async function* manifestOf(
  request: DataSyncRequest,
  ends: ManifestEnds,
  world: SourceWorld,
): AsyncGenerator<string> {
  const { sourcePath: source, destinationPath: destination } = request;
  const existing = isBySize(request) && !request.force ? new OrderedListing(destination, world) : undefined;
  const folders = new FolderCounter();
  let entries = 0;
  let bytes = 0;
  for await (const listed of listSourcePages(request, world)) {
    refuseUnreadable(listed, source);
    for (const file of listed) refuseForDataSync(file, ends);
    const page = existing === undefined ? listed : await existing.differing(listed, request);
    for (const { key } of page) entries += 1 + folders.countNew(key);
    refuseUnsafeKeys(keysOf(page), destination);
    const lines = page.map(({ key }) => `${quote(key)}\n`).join('');
    bytes += Buffer.byteLength(lines);
    if (entries > ends.maxEntries)
      throw new NotForDataSync(
        `there are more than ${ends.maxEntries} files and folders at ${textOf(source)}`,
      );
    if (bytes > MANIFEST_BYTES) throw new NotForDataSync('the list of the files has more than 20 GB');
    if (lines !== '') yield lines;
  }
}

/** A listing beside that of the source: both are in byte order, so that neither is ever held. */
class OrderedListing {
  readonly #files: AsyncIterator<StoredFile>;
  #ahead: IteratorResult<StoredFile> | undefined;

  constructor(location: Location, { stores, signal }: SourceWorld) {
    this.#files = filesOf(pagesOf(stores.open(location), location, signal));
  }

  /** Of the next files of the source those that are not there, or otherwise. */
  async differing(page: readonly StoredFile[], request: DataSyncRequest): Promise<readonly StoredFile[]> {
    const found: StoredFile[] = [];
    for (const file of page) if (decide(file, await this.#find(file.key), request).copy) found.push(file);
    return found;
  }

  async #find(key: string): Promise<StoredFile | undefined> {
    this.#ahead ??= await this.#files.next();
    while (!this.#ahead.done && compareKeys(this.#ahead.value.key, key) < 0)
      this.#ahead = await this.#files.next();
    return !this.#ahead.done && this.#ahead.value.key === key ? this.#ahead.value : undefined;
  }
}

async function* filesOf(pages: AsyncIterable<readonly StoredFile[]>): AsyncGenerator<StoredFile> {
  for await (const page of pages) yield* page;
}

/** Counts folders of keys in byte order, in which those of one folder follow one another. */
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

function refuseUnreadable(page: readonly StoredFile[], source: Location): void {
  const reasons = page.flatMap(({ key, unsafe }) => (unsafe === undefined ? [] : [`"${key}" ${unsafe}`]));
  refuseAll(reasons, `of ${formatLocation(source)} cannot be read`);
}

function refuseForDataSync({ key, isLink }: StoredFile, { source, destination }: ManifestEnds): void {
  const reason = isLink
    ? 'is a symbolic link, which it copies as a link'
    : explainPath(key, source, destination);
  if (reason !== undefined) throw new NotForDataSync(`"${key}" ${reason}`);
}

function explainPath(key: string, source: TaskEnd, destination: TaskEnd): string | undefined {
  if (key === '') return 'is a single file, whose name it would keep';
  const names = key.split('/');
  if (names.some((name) => ['', '.', '..'].includes(name))) return 'has an empty name, "." or ".." in it';
  if (names.some((name) => Buffer.byteLength(name) > DATASYNC_NAME_BYTES))
    return `has a name of more than ${DATASYNC_NAME_BYTES} bytes`;
  const longest = Math.max(...[source, destination].map((end) => Buffer.byteLength(end.subdirectory + key)));
  return longest > DATASYNC_PATH_BYTES ? `makes a path of more than ${DATASYNC_PATH_BYTES} bytes` : undefined;
}

/** Always in quotes, doubled inside: a comma would begin a version id, a line ending another path. */
function quote(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}
