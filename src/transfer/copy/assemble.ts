/** Large files that several calls put together: the part of one call, and the end. */
import { TransferMismatch } from '../../errors';
import { runUntilDeadline } from '../call-time';
import { formatLocation, type Location } from '../location';
import { LARGE_FILE_BYTES } from '../plan/segments';
import type { ByteRange, DataSyncRequest } from '../request';
import type { Assembler, StoredFile } from '../store';
import { destinationOf, type SyncOutcome, type SyncWorld, sourceOf, type Transfer } from '../transfer';

/**
 * Brings the range of the request. The call that brings the last range gives the file its name.
 *
 * There is no cursor: a repeated call brings the grains that are still missing.
 *
 * @throws TransferMismatch when the source is not the planned version, or the file was given up
 */
export async function assembleRange(transfer: Transfer, world: SyncWorld): Promise<SyncOutcome> {
  const { byteRange } = transfer.request;
  const [file] = transfer.files;
  if (byteRange === undefined || file === undefined) throw new TypeError('there is no range to bring');
  refuseOther(file, byteRange, transfer);
  const assembly = {
    to: destinationOf(transfer, file),
    id: byteRange.assembly,
    source: transfer.source,
    from: sourceOf(transfer, file),
    file,
  };
  const assembler = assemblerOf(transfer);
  const { bytes, isDone } = await bring(byteRange, world, (options) =>
    assembler.bring(assembly, byteRange, options),
  );
  if (!isDone) return { status: 'INCOMPLETE', bytesTransferred: bytes, filesTransferred: 0 };
  const isLast = (await assembler.finish(assembly)) === 'done' && bytes > 0;
  return { status: 'DONE', bytesTransferred: bytes, filesTransferred: isLast ? 1 : 0 };
}

/**
 * Finishes large files whose last range was seen by no call, and checks that all large files are at the destination.
 * (Over NFS, two calls that end at the same moment may each miss the range of the other call.)
 *
 * @throws TransferMismatch for a large file that is not at the destination
 */
export async function finishLarge(transfer: Transfer, world: SyncWorld): Promise<void> {
  const { target, files } = transfer;
  const { largeFileBytes = LARGE_FILE_BYTES } = world.settings;
  if (target.assembler === undefined) return;
  for (const file of files) {
    if (file.size <= largeFileBytes) continue;
    const to = destinationOf(transfer, file);
    const id = await target.assembler.find(to, file);
    // Another execution may have begun this assembly. The file has the same version, so this call may finish it.
    if (id !== undefined) await target.assembler.finish({ to, id, file });
    const there = await target.stat(to);
    if (there?.size !== file.size)
      throw new TransferMismatch(
        `${formatLocation(to)} has ${there?.size ?? 'no'} of ${file.size} bytes after all batches. Run this again`,
      );
  }
}

/**
 * Removes the parts of unfinished files from S3, because S3 bills them. On a file system the ranges stay: a later plan
 * goes on with them, or another execution uses them already.
 *
 * @returns the number of files that were given up
 */
export async function abandonAll(
  requests: readonly DataSyncRequest[],
  assemblerFor: (destination: Location) => Assembler | undefined,
): Promise<number> {
  const begun = new Map<string, Location>();
  for (const { byteRange, destinationPath } of requests)
    if (byteRange !== undefined && destinationPath.scheme.partsAreBilled)
      begun.set(byteRange.assembly, destinationPath);
  const failures: unknown[] = [];
  for (const [id, to] of begun)
    try {
      await assemblerFor(to)?.abandon(to, id);
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0) throw failures[0];
  return begun.size;
}

async function bring(
  range: ByteRange,
  world: SyncWorld,
  task: (options: Parameters<Assembler['bring']>[2]) => Promise<boolean>,
): Promise<{ readonly bytes: number; readonly isDone: boolean }> {
  const bytesTotal = range.to - range.from;
  let bytes = 0;
  const onBytes = (more: number) => {
    bytes += more;
    world.report({ filesDone: 0, filesTotal: 1, bytesDone: bytes, bytesTotal });
  };
  const isDone = await runUntilDeadline(world, (options) => task({ ...options, onBytes }));
  return { bytes, isDone };
}

function refuseOther(file: StoredFile, { size, version }: ByteRange, { from }: Transfer): void {
  if (file.size === size && file.version === version) return;
  throw new TransferMismatch(
    `${formatLocation(from)} has changed since the transfer was planned. Run this again once nothing writes there`,
  );
}

function assemblerOf({ target, to }: Transfer): Assembler {
  if (target.assembler === undefined)
    throw new TypeError(`${formatLocation(to)} cannot be put together from ranges`);
  return target.assembler;
}
