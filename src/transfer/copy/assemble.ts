/** Large files that several calls assemble: the range of one call, and the end. */
import { TransferMismatch } from '../../errors';
import { runUntilDeadline } from '../call-time';
import { tagOf } from '../etags';
import { formatLocation, type Location } from '../location';
import { LARGE_FILE_BYTES } from '../plan/segments';
import type { ByteRange, DataSyncRequest } from '../request';
import type { Assembler, StoredFile } from '../store';
import { destinationOf, type SyncOutcome, type SyncWorld, sourceOf, type Transfer } from '../transfer';

/**
 * Copies the range of the request. The call that copies the last range gives the file its name.
 *
 * There is no cursor: a repeated call copies the missing grains.
 *
 * @throws TransferMismatch when the source does not have the planned version, or the assembly was abandoned
 */
export async function assembleRange(transfer: Transfer, world: SyncWorld): Promise<SyncOutcome> {
  const { byteRange } = transfer.request;
  const [file] = transfer.files;
  if (byteRange === undefined || file === undefined) throw new TypeError('the request has no range to copy');
  refuseChanged(file, byteRange, transfer);
  const assembly = {
    to: destinationOf(transfer, file),
    id: byteRange.assembly,
    source: transfer.source,
    from: sourceOf(transfer, file),
    file,
  };
  const assembler = assemblerOf(transfer);
  const { bytes, isDone } = await runRange(byteRange, world, (options) =>
    assembler.copyRange(assembly, byteRange, options),
  );
  if (!isDone) return { status: 'INCOMPLETE', bytesTransferred: bytes, filesTransferred: 0 };
  const isLast = (await finishOnRecord(transfer, assembly, world)) === 'done' && bytes > 0;
  return { status: 'DONE', bytesTransferred: bytes, filesTransferred: isLast ? 1 : 0 };
}

/**
 * Finishes large files that have all ranges but no name, and checks that all large files are at the destination. (Over
 * NFS, two calls that end at the same moment may each miss the range of the other call. Then no call gives the name.)
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
    if (id !== undefined) await finishOnRecord(transfer, { to, id, file }, world);
    const there = await target.stat(to);
    if (there?.size !== file.size)
      throw new TransferMismatch(
        `${formatLocation(to)} has ${there?.size ?? 'no'} of ${file.size} bytes after all batches. Run this again`,
      );
  }
}

/**
 * Abandons unfinished files in S3, because S3 bills their parts. On a file system the ranges stay: a later plan uses
 * them, or another execution uses them already.
 *
 * @returns the number of abandoned files
 * @throws the first error of an assembler, after all files were tried
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

/**
 * Gives a file its name, and records the object's ETag for it. Every range names the listed ETag (If-Match), so the next
 * comparison reads nothing. The record of a large file is its own: batches of several calls have parts of the file.
 */
async function finishOnRecord(
  transfer: Transfer,
  assembly: Parameters<Assembler['finish']>[0],
  { verified }: Pick<SyncWorld, 'verified'>,
): Promise<'done' | 'missing'> {
  const { to, file } = assembly;
  let placed: string | undefined;
  const watched = transfer.target.watchedBy?.((_, version) => {
    placed = version;
  });
  const ended = await (watched?.assembler ?? assemblerOf(transfer)).finish(assembly);
  const tag = tagOf(file);
  if (placed === undefined || tag === undefined || !to.scheme.isFileSystem) return ended;
  const record = await verified?.open(to);
  await record?.keepPlaced(to, { ...file, version: placed }, tag);
  await record?.save();
  return ended;
}

async function runRange(
  range: ByteRange,
  world: SyncWorld,
  task: (options: Parameters<Assembler['copyRange']>[2]) => Promise<boolean>,
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

function refuseChanged(file: StoredFile, { size, version }: ByteRange, { from }: Transfer): void {
  if (file.size === size && file.version === version) return;
  throw new TransferMismatch(
    `${formatLocation(from)} has changed since the transfer was planned. Run this again once nothing writes there`,
  );
}

function assemblerOf({ target, to }: Transfer): Assembler {
  if (target.assembler === undefined)
    throw new TypeError(`the store of ${formatLocation(to)} cannot assemble files from ranges`);
  return target.assembler;
}
