/** What the lease protocol asks of a file system: claims on one destination, numbered, each made by one holder. */

import type { MonotonicClock } from '../../clock';
import type { EpochMs } from '../../units';
import type { Location } from '../location';

/** One claim as it lies there; the highest generation is the lease, those below are history. */
export interface Claim {
  readonly generation: number;
  /** Random, of whoever made it. */
  readonly token: string;
  /** Milliseconds without a sign of its holder after which it counts for nothing. */
  readonly ttlMs: number;
  /** The last sign of its holder, by the file server's clock. */
  readonly touchedAt: EpochMs;
  /** Its holder is done. */
  readonly isReleased: boolean;
}

/** What there is at one moment, looked up anew. */
export interface Standing {
  /** Those that have a claim, in no order. */
  readonly generations: readonly number[];
  /** Whose proposals are there: of those who wait, and of the holder. */
  readonly tokens: readonly string[];
}

/**
 * The claims on one destination. Each method is one step that the file server decides: two machines that take
 * it at once are told the same story.
 *
 * A claim is written by its holder alone, from the first byte to the last. That is what makes it safe on NFS,
 * where appends by two clients overwrite each other.
 */
export interface Claims {
  look(): Promise<Standing>;

  /** Undefined when it is gone: someone has claimed a higher one. */
  read(generation: number): Promise<Claim | undefined>;

  /** Lays ready what is to become the claim of this token, and stays beside it until that is released. */
  propose(token: string, ttlMs: number): Promise<void>;

  /**
   * A sign of life: of a proposal, and of the claim that it became.
   *
   * @returns the file server's time in milliseconds; undefined when it is gone, removed with what is leased
   */
  touch(token: string): Promise<number | undefined>;

  /**
   * Makes a proposal the claim of a generation, unless that has one.
   *
   * @returns whether that generation's claim is this token's, also when the step was sent twice
   */
  claim(token: string, generation: number): Promise<boolean>;

  /** Says of a proposal, and of the claim that it became, that its maker is done. Gone is as good. */
  release(token: string): Promise<void>;

  /**
   * Removes a claim below one's own highest, so one that is the lease no more. Never the highest: what is left
   * of it keeps its number from being given twice.
   */
  forget(generation: number): Promise<void>;
}

export interface LeaseSettings {
  /** A holder that gives no sign for so long has lost the lease; it gives one every third of it. */
  readonly ttlMs: number;
  /**
   * How much later than that others take it: longer than any commit takes after its check, and than an
   * attribute cache may be behind.
   */
  readonly graceMs: number;
  /** Between two looks of one that waits. */
  readonly pollMs: number;
  /** How long one waits at most. */
  readonly maxWaitMs: number;
}

/** NFS shows attributes up to 60 s old, so a sign of life every 60 s may look 120 s old and is still fresh. */
export const NFS_LEASE: LeaseSettings = {
  ttlMs: 180_000,
  graceMs: 60_000,
  pollMs: 2_000,
  maxWaitMs: 3_600_000,
};

export interface LeaseWorld {
  /**
   * The claims on a destination that is not in S3.
   *
   * @throws UnsafePath when it leads out of its file system
   */
  open(location: Location): Promise<Claims>;
  /**
   * Takes away all claims on a location and on what lies in it, for it is about to be removed or has been:
   * whoever still writes there loses the lease. What was verified of it is forgotten.
   */
  revoke(location: Location): Promise<void>;
  readonly clock: MonotonicClock;
  /** Never the same twice: 16 random bytes in hex. */
  token(): string;
  readonly settings: LeaseSettings;
}
