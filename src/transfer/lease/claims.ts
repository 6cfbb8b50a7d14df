/** The interface between the lease protocol and a file system: numbered claims on a destination. */
import type { MonotonicClock } from '../../clock';
import type { EpochMs } from '../../units';
import type { Location } from '../location';

/** A claim on the file system. The claim with the highest generation is the lease. Lower claims are history. */
export interface Claim {
  readonly generation: number;
  /** The random token of the holder. */
  readonly token: string;
  /** The claim expires after this many milliseconds without a renewal. */
  readonly ttlMs: number;
  /** The time of the last renewal, by the clock of the file server. */
  readonly touchedAt: EpochMs;
  /** The holder has released the claim. */
  readonly isReleased: boolean;
}

/** The claims and proposals of one moment, freshly read. */
export interface ClaimsState {
  /** The generations with a claim, in any order. */
  readonly generations: readonly number[];
  /** The tokens of all proposals: of the waiting writers and of the holder. */
  readonly tokens: readonly string[];
}

/**
 * The claims on one destination. Each method is a single step on the file server, so two machines that call it at the
 * same time get results that agree.
 *
 * Only the holder writes its claim, from the first byte to the last. So a claim is safe on NFS, where appends by two
 * clients overwrite each other.
 */
export interface Claims {
  /** Reads the claims and proposals from the file server, without a cache. */
  look(): Promise<ClaimsState>;

  /** Returns the claim of a generation; undefined for a removed claim: another writer has a higher claim. */
  read(generation: number): Promise<Claim | undefined>;

  /** Writes the proposal of a token. {@link claim} makes a claim of it, and the proposal stays until the release. */
  propose(token: string, ttlMs: number): Promise<void>;

  /**
   * Renews a proposal and its claim.
   *
   * @returns the file server's time in milliseconds; undefined when the proposal was removed with the destination
   */
  touch(token: string): Promise<number | undefined>;

  /**
   * Makes a proposal the claim of a generation, unless the generation has a claim.
   *
   * @returns whether the claim of the generation belongs to this token, also if the file server got the step twice
   */
  claim(token: string, generation: number): Promise<boolean>;

  /** Releases a proposal and its claim. A missing proposal is not an error. */
  release(token: string): Promise<void>;

  /**
   * Removes a claim below the highest claim. Callers never remove the highest claim, so that no writer gets its number
   * again.
   */
  forget(generation: number): Promise<void>;
}

export interface LeaseSettings {
  /** A holder that has not renewed the lease for this time has lost it. It renews the lease every third of this time. */
  readonly ttlMs: number;
  /**
   * Other writers wait this much longer before they take the lease. The grace is longer than any commit after its check,
   * and longer than the delay of an attribute cache.
   */
  readonly graceMs: number;
  /** Time between two looks of a waiting writer. */
  readonly pollMs: number;
  /** Longest wait of a writer. */
  readonly maxWaitMs: number;
}

/** NFS may show attributes that are 60 s old. So a renewal every 60 s may look 120 s old, and is still in time. */
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
   * Removes all claims on a location and below it. Callers do this before and after they remove the location. A writer
   * that still writes there loses the lease. The records of verified contents below the location are removed too.
   */
  revoke(location: Location): Promise<void>;
  readonly clock: MonotonicClock;
  /** Returns a new token each time: 16 random bytes in hexadecimal. */
  token(): string;
  readonly settings: LeaseSettings;
}
