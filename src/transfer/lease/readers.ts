/** Inputs that several executions share. They may be removed after all these executions have ended. */
import { DataPathInUse } from '../../errors';
import { contains, formatLocation, type Location } from '../location';
import type { LeaseWorld } from './claims';
import { acquireLease } from './lease';

export interface Reader {
  readonly execution: string;
  readonly location: Location;
}

/** Records of executions and their inputs, on the file system. They stay until `drop`, or until no job can still run. */
export interface Readers {
  /**
   * Records an input. An input in the execution's own working directory gets no record, because no other execution
   * knows it. The same record twice is not an error.
   */
  add(location: Location, execution: string): Promise<void>;
  /** Returns all records on the file system of a location, with paths of this machine. */
  around(location: Location): Promise<readonly Reader[]>;
  /** Removes all records of an execution. */
  drop(execution: string): Promise<void>;
}

export interface UseWorld {
  readonly readers: Readers;
  readonly leases: LeaseWorld;
}

/**
 * Removes a location that no execution reads. A reader adds its record first, and then takes the lease to stage the
 * missing files. The removal takes the lease first, and then reads the records. So either the removal sees the record,
 * or the reader waits for the end of the removal and stages the files again.
 *
 * That is certain for exactly this location only. A record of a folder around it counts too, but the removal misses such
 * a record if a reader adds it during the removal.
 *
 * A writer that still has the lease loses it: its transfer was stopped, or nobody needs it any more.
 *
 * @param location a path of this machine
 * @throws DataPathInUse when the location is, holds or lies in an input of an execution
 */
export async function removeUnlessRead<T>(
  location: Location,
  { readers, leases }: UseWorld,
  signal: AbortSignal,
  remove: () => Promise<T>,
): Promise<T> {
  await refuseIfRead(location, readers);
  await leases.revoke(location);
  const options = { name: formatLocation(location), signal, mayWait: () => false };
  const lease = await acquireLease(await leases.open(location), options, leases);
  try {
    await refuseIfRead(location, readers);
    return await remove();
  } finally {
    // Before the release: a reader that gets the lease after the removal must keep it.
    await leases.revoke(location);
    await lease.release();
  }
}

/**
 * Takes a location away that no execution reads and nobody writes. It differs from {@link removeUnlessRead} in one way: a
 * writer that has the lease keeps it.
 *
 * @param take moves the location away; it runs under the lease
 * @throws DataPathInUse when the location is, holds or lies in an input of an execution
 * @throws LeaseNotAcquired when a writer has the lease
 */
export async function takeUnlessUsed<T>(
  location: Location,
  { readers, leases }: UseWorld,
  signal: AbortSignal,
  take: () => Promise<T>,
): Promise<T> {
  await refuseIfRead(location, readers);
  const options = { name: formatLocation(location), signal, mayWait: () => false };
  const lease = await acquireLease(await leases.open(location), options, leases);
  let isTaken = false;
  try {
    await refuseIfRead(location, readers);
    const taken = await take();
    isTaken = true;
    return taken;
  } finally {
    // Before the release: a reader that gets the lease after the removal must keep it.
    if (isTaken) await leases.revoke(location);
    await lease.release();
  }
}

async function refuseIfRead(location: Location, readers: Readers): Promise<void> {
  const found = await readers.around(location);
  const conflicts = found.filter(
    (reader) => contains(reader.location, location) || contains(location, reader.location),
  );
  if (conflicts.length === 0) return;
  const executions = [...new Set(conflicts.map(({ execution }) => execution))].join(', ');
  throw new DataPathInUse(
    `it is an input of ${executions}. Remove it after that execution has ended. If the execution was stopped and could not clean up, send its id as "reader"`,
  );
}
