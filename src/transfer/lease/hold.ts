/** A transfer under a lease on its destination. */
import { createHash } from 'node:crypto';
import { hasTimeLeft } from '../call-time';
import { formatLocation, joinLocation, type Location } from '../location';
import type { SyncWorld, Transfer } from '../transfer';
import { acquireLease } from './lease';

/**
 * Runs `write` under a lease on the destination, for a request with `require_lock`. Without `require_lock`, and for S3,
 * it runs `write` without a lease.
 *
 * A second writer waits here. The source was listed before the wait, and the destination is listed after it. So the
 * second writer finds the files of the first writer.
 *
 * The lease is on exactly this folder or file, or on exactly this range, so the batches of a large transfer do not wait
 * for each other. S3 needs no lease to show whole objects only. A conditional put (If-None-Match) could make a claim
 * there, but could not stop a writer that has lost its claim.
 *
 * @param write gets a transfer and a world that refuse to commit after the lease is lost
 * @throws LeaseNotAcquired when another writer has the lease for as long as this call may wait
 * @throws LeaseLost at the next commit, or sooner, after this process was stopped or cut off for too long
 */
export async function withLease<T>(
  transfer: Transfer,
  world: SyncWorld,
  write: (transfer: Transfer, world: SyncWorld) => Promise<T>,
): Promise<T> {
  const { request, to, target } = transfer;
  if (!request.requireLock || !to.scheme.isFileSystem) return write(transfer, world);
  if (world.leases === undefined)
    throw new TypeError('require_lock needs leases, and this call has no leases');
  const options = {
    name: formatLocation(to),
    signal: world.signal,
    mayWait: () => hasTimeLeft(world.time),
  };
  const lease = await acquireLease(
    await world.leases.open(leasedLocationOf(transfer)),
    options,
    world.leases,
  );
  const mayCommit = () => lease.check();
  try {
    return await write(
      { ...transfer, target: target.guardedBy?.(mayCommit) ?? target, mayCommit },
      { ...world, signal: AbortSignal.any([world.signal, lease.signal]) },
    );
  } finally {
    await lease.release();
  }
}

/** Returns the location of the lease. For a range it is below the destination, whose removal revokes it then. */
function leasedLocationOf({ to, request: { keyRange, byteRange } }: Transfer): Location {
  const range = byteRange ?? keyRange;
  if (range === undefined) return to;
  const hash = createHash('sha1').update(JSON.stringify(range)).digest('hex');
  return joinLocation(to, `range-${hash}`);
}
