/** The interface between the lease protocol and a file system: numbered claims on a destination. */

import type { MonotonicClock } from '../../clock';
import type { EpochMs } from '../../units';
import type { Location } from '../location';

/** A claim on the file system. The claim with the highest generation is the lease. Lower claims are history. */
export interface Claim {
  readonly generation: number;
  /** The random token of the holder. */
  readonly token: string;
  /** The claim expires after this many milliseconds without a sign of its holder. */
  readonly ttlMs: number;
  /** The time of the holder's last sign, by the clock of the file server. */
  readonly touchedAt: EpochMs;
  /** The holder has released the claim. */
  readonly isReleased: boolean;
}

/** The claims and proposals of one moment, freshly read. */
export interface Standing {
  /** The generations with a claim, in any order. */
  readonly generations: readonly number[];
  /** The tokens of all proposals: of the waiting writers and of the holder. */
  readonly tokens: readonly string[];
}

/**
 * The claims on one destination. The file server decides each method in one step, so two machines that call it at once
 * get results that agree.
 *
 * Only its holder writes a claim, from the first byte to the last. So it is safe on NFS, where appends by two clients
 * overwrite each other.
 */
export interface Claims {
  look(): Promise<Standing>;

  /** Returns undefined for a claim that is gone, because another writer has a higher claim. */
  read(generation: number): Promise<Claim | undefined>;

  /** Writes the proposal of a token. It can become a claim, and stays beside the claim until the release. */
  propose(token: string, ttlMs: number): Promise<void>;

  /**
   * Gives a sign of life for a proposal, and for its claim.
   *
   * @returns the file server's time in milliseconds; undefined when the proposal was removed with the destination
   */
  touch(token: string): Promise<number | undefined>;

  /**
   * Makes a proposal the claim of a generation, unless the generation has a claim.
   *
   * @returns whether the claim of the generation belongs to this token, also when the step was sent twice
   */
  claim(token: string, generation: number): Promise<boolean>;

  /** Releases a proposal and its claim. A proposal that is gone is no error. */
  release(token: string): Promise<void>;

  /**
   * Removes a claim below the highest, which is the lease no more. The highest claim is never removed, so that its
   * number is never given again.
   */
  forget(generation: number): Promise<void>;
}

export interface LeaseSettings {
  /** A holder without a sign for this time has lost the lease. It gives a sign after each third of this time. */
  readonly ttlMs: number;
  /**
   * Other writers wait this much longer before they take the lease. It is longer than any commit after its check, and
   * longer than the delay of an attribute cache.
   */
  readonly graceMs: number;
  /** The time between two looks of a waiting writer. */
  readonly pollMs: number;
  /** The longest wait of a writer. */
  readonly maxWaitMs: number;
}

/** NFS shows attributes of up to 60 s ago. So a sign of life every 60 s may look 120 s old, and it is still in time. */
export const NFS_LEASE: LeaseSettings = {
  ttlMs: 180_000,
  graceMs: 60_000,
  pollMs: 2_000,
  maxWaitMs: 3_600_000,
};

export interface LeaseWorld {
  /**
   * Opens the claims on a destination on a file system.
   *
   * @throws UnsafePath for a path that leads out of its file system
   */
  open(location: Location): Promise<Claims>;
  /**
   * Removes all claims on a location and below it, before and after a removal of the location. A writer that still
   * works there loses the lease. The record of verified contents of the location is removed as well.
   */
  revoke(location: Location): Promise<void>;
  readonly clock: MonotonicClock;
  /** Returns a new token each time: 16 random bytes in hexadecimal. */
  token(): string;
  readonly settings: LeaseSettings;
}
