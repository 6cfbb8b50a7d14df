/** The facts about the units of a volume. A unit is the least that the sweeper removes: a whole folder, or a file. */
import type { Bytes, EpochMs } from '../units';

export const UNIT_KINDS = [
  /** A working directory of an execution, also one that was set aside. */
  'working_directory',
  /** A working directory with outputs that are not stored. */
  'kept_directory',
  /** An input in the shared volume. */
  'shared_input',
  /** A file or folder in a volume for temporary files. */
  'temporary',
  /** A file or folder of the scratch volume without an owner. */
  'unowned',
  /** A partial file of a transfer that was killed, or a working directory whose making was. */
  'partial',
  /** An unfinished assembly of a large file. A redriven execution continues it. */
  'assembly',
  /** The rest of an interrupted removal. */
  'removing',
] as const;

export type UnitKind = (typeof UNIT_KINDS)[number];

/** The reason why a unit stays, whatever its age and size. */
export const HOLDS = [
  /** An execution that has not ended, or that has ended so recently that its clean-up may run. */
  'execution',
  /** A record of a reader. */
  'reader',
  /** A lease on the unit, on a path in it, or on a folder around it. */
  'lease',
  /** A running execution may have made the unit. */
  'running',
  /** A fact that the sweeper needs could not be found out. */
  'unknown',
] as const;

export type Hold = (typeof HOLDS)[number];

export interface UnitFacts {
  /** Path below the volume. Each character is one byte of the name, because names need not be UTF-8. */
  readonly key: string;
  readonly kind: UnitKind;
  /** The last use; absent when it is unknown. */
  readonly lastUsed?: EpochMs;
  /** The size of all files; absent when it was not measured. */
  readonly bytes?: Bytes;
  readonly held?: Hold;
}
