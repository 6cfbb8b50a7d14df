/** The last uses of inputs that several executions share. They stay when the records of the readers are removed. */
import type { EpochMs } from '../../units';
import type { Location } from '../location';

export interface LastUse {
  /** A path of this machine. */
  readonly location: Location;
  /** The latest begin or end of an execution that reads the location. */
  readonly usedAt: EpochMs;
}

/** Records of last uses, on the file system. */
export interface LastUses {
  /** Returns all records on the file system of a location. */
  around(location: Location): Promise<readonly LastUse[]>;
  /** Returns the last use of exactly this location; undefined without a record. */
  at(location: Location): Promise<EpochMs | undefined>;
  /** Removes the record of a location, after its removal. A missing record is no error. */
  forget(location: Location): Promise<void>;
}
