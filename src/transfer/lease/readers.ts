/** Inputs that several executions share, and who may remove them: nobody, while one of them is not done. */
import { DataPathInUse } from '../../errors';
import { contains, formatLocation, type Location } from '../location';
import type { LeaseWorld } from './claims';
import { acquireLease } from './lease';

export interface Reader {
  readonly execution: string;
  readonly location: Location;
}

/** Records of who reads what, kept on the file system itself until dropped, or until no job can still run. */
export interface Readers {
  /**
   * Not of what lies in the execution's own working directory: nobody else knows of that.
   * The same twice is no error.
   */
  add(location: Location, execution: string): Promise<void>;
  /** Everything that is read on the file system of a location, with paths of this machine. */
  around(location: Location): Promise<readonly Reader[]>;
  /** All records of an execution. */
  drop(execution: string): Promise<void>;
}

export interface UseWorld {
  readonly readers: Readers;
  readonly leases: LeaseWorld;
}

/**
 * Removes what nobody reads, and nobody is going to: a reader adds its record, then takes the lease to stage
 * what is missing. Here the lease is taken, then the records are looked at. So either this sees the record, or
 * the reader waits until the removal is done and stages anew.
 *
 * That holds for the very path that is removed. Of a folder around it, the records are looked at all the same,
 * but one added at that moment is missed.
 *
 * A writer that still has the lease loses it: its transfer was stopped, or is of no use any more.
 *
 * @param location a path of this machine
 * @throws DataPathInUse when it is, holds or lies in an input of an execution
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
    await lease.release();
    await leases.revoke(location);
  }
}

async function refuseIfRead(location: Location, readers: Readers): Promise<void> {
  const found = await readers.around(location);
  const inTheWay = found.filter(
    (reader) => contains(reader.location, location) || contains(location, reader.location),
  );
  if (inTheWay.length === 0) return;
  const executions = [...new Set(inTheWay.map(({ execution }) => execution))].join(', ');
  throw new DataPathInUse(
    `it is an input of ${executions}. Remove it once that has ended; if it was stopped and could not clean up, send its id as "reader"`,
  );
}
