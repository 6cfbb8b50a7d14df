/** The end of a move: the source is removed when all its files are safe at the destination. */
import { TransferMismatch } from '../../errors';
import { runUntilDeadline } from '../call-time';
import { asFolder, formatLocation } from '../location';
import { SortedListing } from '../sorted-listing';
import { sourceStateOf } from '../source';
import { pagesOf, type StoredFile } from '../store';
import { destinationOf, forEachFile, type SyncWorld, sourceOf, type Transfer } from '../transfer';
import { isMarked, marksFiles, readMark, removeMark, writeMark } from './moved-mark';

/**
 * Removes the source files after it has found all of them whole at the destination.
 *
 * Before the first removal it writes a mark with the files into the source folder. A later call that finds the mark, and
 * no file that is not in the mark, continues file by file. The folder itself stays, so a repeated transfer finds an
 * empty source and not a missing source.
 *
 * @returns false if the time was over before the last removal
 * @throws TransferMismatch when a file is not at the destination, or has changed since it was copied
 */
export async function removeSource(transfer: Transfer, world: SyncWorld): Promise<boolean> {
  const { source, from, files, isFolder } = transfer;
  const hasBegun = await hasRemovalBegun(transfer, world.signal);
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
 * Returns whether no other attempt at this move has begun to remove the source.
 *
 * A killed attempt leaves a source with only some of its files. A mirror of that source would remove the other files
 * from the destination, which has their only copy. Call this after the listing and before the mirror: an attempt that
 * ends in between removes its mark, but it removes the last file too.
 */
export async function isSourceWhole(transfer: Transfer): Promise<boolean> {
  const last = transfer.files.at(-1);
  if (last === undefined || (await transfer.source.stat(sourceOf(transfer, last))) === undefined)
    return false;
  return !(await isMarked(transfer));
}

/**
 * Refuses a source that has changed since earlier calls copied it. Equal sizes at the destination are not enough: a
 * changed file may have the same size. After the start of the removal, the remaining files must be those of the mark.
 *
 * @throws TransferMismatch
 */
export async function refuseChangedSource(transfer: Transfer, signal: AbortSignal): Promise<void> {
  const { files, from, request } = transfer;
  if (request.sourceState === undefined || files.length === 0) return;
  if (sourceStateOf(files) === request.sourceState || (await hasRemovalBegun(transfer, signal))) return;
  throw new TransferMismatch(
    `${formatLocation(from)} has changed since the start of its copy, so its remaining files were not removed. Run this again once nothing writes there`,
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
 * Verifies all files by a second listing of both ends. One request for each of some million files would take longer
 * than a call, and the next call would begin again.
 */
async function verifyListed(transfer: Transfer, world: SyncWorld): Promise<boolean> {
  const { source, target, from, to, files, request } = transfer;
  return runUntilDeadline(world, async ({ signal }) => {
    const [sources, destinations] = [
      new SortedListing(pagesOf(source, asFolder(from), signal, request.keyRange)),
      new SortedListing(pagesOf(target, asFolder(to), signal, request.keyRange)),
    ];
    try {
      for (const file of files) {
        const found = {
          source: await sources.find(file.key),
          destination: await destinations.find(file.key),
        };
        // A listing does not have the files behind a link to a folder.
        if (found.destination?.size === file.size) refuseUnlessMoved(transfer, file, found);
        else await verifyMoved(transfer, file);
      }
      return true;
    } finally {
      await Promise.all([sources.close(), destinations.close()]);
    }
  });
}

async function hasRemovalBegun(transfer: Transfer, signal: AbortSignal): Promise<boolean> {
  if (!transfer.isFolder) return false;
  const mark = await readMark(transfer, signal);
  return mark !== undefined && marksFiles(mark, transfer.files);
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
