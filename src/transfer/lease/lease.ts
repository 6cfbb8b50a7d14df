/**
 * A lease for one writer at a time, across machines. It needs only a shared file system.
 *
 * The claims on a destination have numbers, their generations. A writer claims the next number, and the file server
 * allows this to one machine only (a hard link, which fails if the name exists). A writer may claim the next number when
 * the highest claim is released, or when its holder has not renewed it for the TTL and a grace. A holder has the lease
 * until a higher number exists or its own time is over. It checks this before each commit ({@link Lease.check}).
 *
 * - A takeover never renames or removes a valid claim, so two writers cannot win the same takeover.
 * - The highest claim is never removed. So two writers with the same number never both pass a check: a writer that
 *   claims an old number late sees a higher number at its next look.
 * - Expiry compares two times of the file server. The holder's own clock only measures how long the holder slept. So
 *   the clocks of the machines may differ.
 * - A clock that stood still (a frozen machine) makes a holder late, not wrong: the holder sees the higher number.
 *
 * One case would need conditional renames, which a file system does not have: a holder that is stopped between its check
 * and its rename, for longer than the grace and the rest of the TTL, renames late. Its file is whole.
 */
import { LeaseLost, LeaseNotAcquired } from '../../errors';
import type { Claim, Claims, LeaseWorld } from './claims';

export interface AcquireOptions {
  /** The name of the leased destination, for messages. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Called before each wait. */
  mayWait(): boolean;
}

/**
 * Claims a destination. It waits while another writer has the lease.
 *
 * @throws LeaseNotAcquired when the waiting time is over; nothing has been written then
 */
export async function acquireLease(
  claims: Claims,
  options: AcquireOptions,
  world: LeaseWorld,
): Promise<Lease> {
  const { settings } = world;
  const token = world.token();
  const giveUpAt = world.clock.elapsedMs() + settings.maxWaitMs;
  try {
    await claims.propose(token, settings.ttlMs);
    for (;;) {
      options.signal.throwIfAborted();
      const lease = await tryClaim(claims, token, options, world);
      if (lease !== undefined) return lease;
      if (!options.mayWait() || world.clock.elapsedMs() >= giveUpAt)
        throw new LeaseNotAcquired(explainBusy(options));
      await world.clock.wait(settings.pollMs, options.signal);
    }
  } catch (error) {
    // The proposal may have become a claim. Other writers must not wait for it.
    await claims.release(token).catch(() => undefined);
    throw error;
  }
}

async function tryClaim(
  claims: Claims,
  token: string,
  { name, signal }: AcquireOptions,
  world: LeaseWorld,
): Promise<Lease | undefined> {
  const { ttlMs, graceMs } = world.settings;
  // Read before the touch, so that this holder's time is never over later than other writers assume.
  const heldUntil = world.clock.elapsedMs() + ttlMs;
  const serverNow = (await claims.touch(token)) ?? (await proposeAnew(claims, token, ttlMs, name));
  const highest = Math.max(0, ...(await claims.look()).generations);
  // A claim that has just disappeared has a successor.
  const last = highest === 0 ? undefined : await claims.read(highest);
  if (highest > 0 && (last === undefined || !isFree(last, serverNow, graceMs))) return undefined;
  const generation = highest + 1;
  if (!(await claims.claim(token, generation))) return undefined;
  const { generations } = await claims.look();
  if (Math.max(...generations) === generation) {
    await forgetBelow(generation, generations, claims);
    return new Lease({ claims, token, generation, heldUntil, name, signal }, world);
  }
  // This writer is late: an earlier writer had this number, and its claim was already removed.
  return undefined;
}

/** Proposes again, after the destination and the proposal were removed. */
async function proposeAnew(claims: Claims, token: string, ttlMs: number, name: string): Promise<number> {
  await claims.propose(token, ttlMs);
  const serverNow = await claims.touch(token);
  if (serverNow === undefined)
    throw new LeaseNotAcquired(`Another process is removing ${name}. Run this again`);
  return serverNow;
}

function isFree({ isReleased, touchedAt, ttlMs }: Claim, serverNow: number, graceMs: number): boolean {
  return isReleased || serverNow - touchedAt > ttlMs + graceMs;
}

async function forgetBelow(generation: number, found: readonly number[], claims: Claims): Promise<void> {
  // Old claims do no harm. The next writer tries to remove them again.
  for (const other of found) if (other < generation) await claims.forget(other).catch(() => undefined);
}

function explainBusy({ name }: AcquireOptions): string {
  return `Another writer was still writing to ${name} at the end of the waiting time. Run this again: it copies the remaining files`;
}

interface Held {
  readonly claims: Claims;
  readonly token: string;
  readonly generation: number;
  readonly heldUntil: number;
  readonly name: string;
  readonly signal: AbortSignal;
}

/** A held lease of {@link acquireLease}. It renews itself until it is released, lost or aborted. */
export class Lease {
  readonly #held: Held;
  readonly #world: LeaseWorld;
  readonly #lost = new AbortController();
  readonly #released = new AbortController();
  readonly #renewing: Promise<void>;
  #heldUntil: number;
  #looking: Promise<void> = Promise.resolve();
  #nextLook: Promise<void> | undefined;

  constructor(held: Held, world: LeaseWorld) {
    this.#held = held;
    this.#world = world;
    this.#heldUntil = held.heldUntil;
    this.#renewing = this.#renewUntilOver();
  }

  /** Aborted with LeaseLost as soon as a renewal finds the lease lost. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * Checks the lease right before a commit: a rename into place, or a removal.
   *
   * All calls during a look share the next look. So one look serves many files that are copied at the same time.
   *
   * @throws LeaseLost when the lease is lost, and at every later call
   */
  check(): Promise<void> {
    const look = async () => {
      this.#nextLook = undefined;
      await this.#look();
    };
    this.#nextLook ??= this.#looking = this.#looking.then(look, look);
    return this.#nextLook;
  }

  /** Releases the lease to the next writer. It never fails, because the claim expires in any case. */
  async release(): Promise<void> {
    this.#released.abort();
    await this.#renewing;
    await this.#held.claims.release(this.#held.token).catch(() => undefined);
  }

  async #look(): Promise<void> {
    this.#refuseIfOver();
    const { claims, generation, token } = this.#held;
    const { generations, tokens } = await claims.look();
    // A higher claim belongs to another writer. So does this claim when the own proposal is gone: the destination was
    // removed with its claims, and made anew.
    if (Math.max(0, ...generations) !== generation || !tokens.includes(token)) this.#lose();
    // Checked after the look as well, because this process may have slept during the look.
    this.#refuseIfOver();
  }

  #refuseIfOver(): void {
    this.#lost.signal.throwIfAborted();
    if (this.#world.clock.elapsedMs() >= this.#heldUntil) this.#lose();
  }

  #lose(): never {
    const { name, generation } = this.#held;
    const lost = new LeaseLost(
      `The lease on ${name} (generation ${generation}) ran out or went to another writer while this process was stopped or cut off from the file server. It writes nothing more. Run this again: finished files stay`,
    );
    this.#lost.abort(lost);
    throw lost;
  }

  async #renewUntilOver(): Promise<void> {
    const over = AbortSignal.any([this.#released.signal, this.#lost.signal, this.#held.signal]);
    for (;;) {
      await this.#world.clock.wait(this.#world.settings.ttlMs / 3, over);
      if (over.aborted) return;
      // The file server may answer the next renewal. Meanwhile the time of the lease goes on.
      await this.#renew().catch(() => undefined);
    }
  }

  async #renew(): Promise<void> {
    // Read before the look: the time between the look and the touch must not extend the lease.
    const renewedAt = this.#world.clock.elapsedMs();
    await this.check();
    if ((await this.#held.claims.touch(this.#held.token)) === undefined) this.#lose();
    this.#heldUntil = renewedAt + this.#world.settings.ttlMs;
  }
}
