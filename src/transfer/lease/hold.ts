/** A transfer that has its destination to itself. */
import { createHash } from 'node:crypto';
import { hasTimeLeft } from '../call-time';
import { formatLocation, joinLocation, type Location } from '../location';
import type { SyncWorld, Transfer } from '../transfer';
import { acquireLease } from './lease';

/**
 * Does the writing of a transfer under a lease on its destination, if `require_lock` asks for one.
 *
 * Whoever comes second waits here. The source has been listed by then, the destination is to be listed inside:
 * so the second finds what the first one has written.
 *
 * The lease is on the very folder or file, or the very range of one: the batches of a large transfer do not wait
 * for each other. There is none on S3: it needs none to show whole objects only, and a conditional
 * put (If-None-Match) could make a claim there but not fence a writer that has lost it.
 *
 * @param write is given a transfer and a world that refuse to commit once the lease is lost
 * @throws LeaseNotAcquired when somebody else has it for as long as this call may wait
 * @throws LeaseLost at the next commit, or sooner, after this process was stopped or cut off for too long
 */
export async function withLease<T>(
  transfer: Transfer,
  world: SyncWorld,
  write: (transfer: Transfer, world: SyncWorld) => Promise<T>,
): Promise<T> {
  const { request, to, target } = transfer;
  if (!request.requireLock || !to.scheme.isFileSystem) return write(transfer, world);
  if (world.leases === undefined) throw new TypeError('require_lock asks for a lease where there are none');
  const options = {
    name: formatLocation(to),
    signal: world.signal,
    mayWait: () => hasTimeLeft(world.time),
  };
  const lease = await acquireLease(await world.leases.open(placeOf(transfer)), options, world.leases);
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

/** Of a range a name below, so that who removes the destination takes its leases, too. */
function placeOf({ to, request: { keyRange, byteRange } }: Transfer): Location {
  const range = byteRange ?? keyRange;
  if (range === undefined) return to;
  const hash = createHash('sha1').update(JSON.stringify(range)).digest('hex');
  return joinLocation(to, `range-${hash}`);
}
