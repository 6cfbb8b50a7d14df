/** The end of a move: the source goes, once every file of it is safe at the destination. */
import { TransferMismatch } from '../../errors';
import { runUntilDeadline } from '../call-time';
import { compareKeys } from '../keys';
import { asFolder, formatLocation } from '../location';
import { sourceStateOf } from '../source';
import { pagesOf, type StoredFile } from '../store';
import { destinationOf, forEachFile, type SyncWorld, sourceOf, type Transfer } from '../transfer';
import { isMarked, isMarkOf, readMark, removeMark, writeMark } from './moved-mark';

/**
 * Removes the source files, after all of them were found whole at the destination.
 *
 * A mark in the source folder says that this has begun, and with which files; who finds that one, and no other file,
 * goes on file by file. The folder itself stays, so that a repeat finds it empty, not missing.
 *
 * @returns whether it was done within the time
 * @throws TransferMismatch when a file is not at the destination, or has changed since it was copied
 */
export async function removeSource(transfer: Transfer, world: SyncWorld): Promise<boolean> {
  const { source, from, files, isFolder } = transfer;
  const hasBegun = await hasBegunWithThese(transfer, world.signal);
  if (!hasBegun && !(await verifyAll(transfer, world))) return false;
  const remove = async (file: StoredFile) => {
    if (hasBegun) await verifyMoved(transfer, file);
    await transfer.mayCommit?.();
    await source.remove(sourceOf(transfer, file));
  };
  if (!(await forEachFile(transfer, files, remove, world))) return false;
  if (!isFolder) return true;
  await source.removeEmptyFolders?.(from);
  await removeMark(transfer);
  return true;
}

/**
 * Whether no other attempt at this move has begun to remove the source.
 *
 * One that died half-way leaves a source with only some of its files; to mirror that would remove
 * the others from the destination, their only copy. Ask after listing and before mirroring: an attempt
 * that ended in between has taken its mark away, but also the files.
 */
export async function isSourceWhole(transfer: Transfer): Promise<boolean> {
  const last = transfer.files.at(-1);
  if (last === undefined || (await transfer.source.stat(sourceOf(transfer, last))) === undefined)
    return false;
  return !(await isMarked(transfer));
}

/**
 * Refuses a source that is not the one which calls before this one have copied: of the same size at the destination
 * is also a file that was written to since. Of one whose removal has begun, what is left must be as it was then.
 *
 * @throws TransferMismatch
 */
export async function refuseOtherSource(transfer: Transfer, signal: AbortSignal): Promise<void> {
  const { files, from, request } = transfer;
  if (request.sourceState === undefined || files.length === 0) return;
  if (sourceStateOf(files) === request.sourceState || (await hasBegunWithThese(transfer, signal))) return;
  throw new TransferMismatch(
    `${formatLocation(from)} has changed since it was begun to be copied, so what is there of it was not removed. Run this again once nothing writes there`,
  );
}

async function verifyAll(transfer: Transfer, world: SyncWorld): Promise<boolean> {
  const { files, isFolder } = transfer;
  const verify = (file: StoredFile) => verifyMoved(transfer, file);
  const isDone = isFolder
    ? await verifyListed(transfer, world)
    : await forEachFile(transfer, files, verify, world);
  if (!isDone) return false;
  if (isFolder && files.length > 0) await writeMark(transfer, world.signal);
  return true;
}

/**
 * By listing both ends once more: to ask for each of some million files takes longer than a call, and the next call
 * would have to begin anew.
 */
async function verifyListed(transfer: Transfer, world: SyncWorld): Promise<boolean> {
  const { source, target, from, to, files, request } = transfer;
  return runUntilDeadline(world, async ({ signal }) => {
    const [sources, destinations] = [
      new Along(pagesOf(source, asFolder(from), signal, request.keyRange)),
      new Along(pagesOf(target, asFolder(to), signal, request.keyRange)),
    ];
    try {
      for (const file of files) {
        const found = {
          source: await sources.find(file.key),
          destination: await destinations.find(file.key),
        };
        // What lies behind a link to a folder is in no listing.
        if (found.destination?.size === file.size) refuseUnlessMoved(transfer, file, found);
        else await verifyMoved(transfer, file);
      }
      return true;
    } finally {
      await Promise.all([sources.close(), destinations.close()]);
    }
  });
}

/** A listing in which keys are looked for in the order that it has. */
class Along {
  readonly #pages: AsyncIterator<readonly StoredFile[]>;
  #page: readonly StoredFile[] = [];
  #at = 0;

  constructor(pages: AsyncIterable<readonly StoredFile[]>) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  async find(key: string): Promise<StoredFile | undefined> {
    for (;;) {
      for (let file = this.#page[this.#at]; file !== undefined; file = this.#page[++this.#at]) {
        const order = compareKeys(file.key, key);
        if (order >= 0) return order === 0 ? file : undefined;
      }
      const { done, value } = await this.#pages.next();
      if (done) return undefined;
      this.#page = value;
      this.#at = 0;
    }
  }

  async close(): Promise<void> {
    await this.#pages.return?.();
  }
}

async function hasBegunWithThese(transfer: Transfer, signal: AbortSignal): Promise<boolean> {
  if (!transfer.isFolder) return false;
  const mark = await readMark(transfer, signal);
  return mark !== undefined && isMarkOf(mark, transfer.files);
}

async function verifyMoved(transfer: Transfer, file: StoredFile): Promise<void> {
  const [from, to] = [sourceOf(transfer, file), destinationOf(transfer, file)];
  const [source, destination] = await Promise.all([transfer.source.stat(from), transfer.target.stat(to)]);
  refuseUnlessMoved(transfer, file, { source, destination });
}

function refuseUnlessMoved(
  transfer: Transfer,
  file: StoredFile,
  {
    source,
    destination,
  }: { readonly source: StoredFile | undefined; readonly destination: StoredFile | undefined },
): void {
  const [from, to] = [sourceOf(transfer, file), destinationOf(transfer, file)];
  if (destination?.size !== file.size)
    throw new TransferMismatch(
      `${formatLocation(to)} has ${destination?.size ?? 'no'} of ${file.size} bytes, so ${formatLocation(from)} was not removed. Something else writes there: stop it and run this again`,
    );
  if (source !== undefined && source.version !== file.version)
    throw new TransferMismatch(
      `${formatLocation(from)} has changed since it was copied and was not removed. Run this again once nothing writes there`,
    );
}
