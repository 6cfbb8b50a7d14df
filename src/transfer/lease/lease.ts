/**
 * One writer at a time, across machines, on nothing but a shared file system.
 *
 * The claims on a destination are numbered. To claim is to make the claim of the next number, which the file
 * server lets one machine do (a hard link, which fails where the name exists). The next number may be claimed
 * once the highest one is released, or its holder gave no sign for the TTL and a grace. A holder has the lease
 * while its number is the highest and its own time is not up; it looks before each commit ({@link Lease.check}).
 *
 * - No takeover renames or removes a living claim, so there is none that two can win.
 * - The highest claim is never removed, so a number is never given twice to two that both pass a check: who
 *   claims an old one late finds a higher one when it looks.
 * - Expiry compares two times of the file server; the holder's own clock only measures how long it slept. So
 *   clocks of machines may differ as they like.
 * - A clock that stood still (a frozen machine) makes a holder late, not wrong: it finds the higher number.
 *
 * What no file system without conditional renames gives: a holder that is stopped between its check and its
 * rename, for longer than the grace and what was left of the TTL, renames late. What it puts there is whole.
 */
import { LeaseLost, LeaseNotAcquired } from '../../errors';
import type { Claim, Claims, LeaseWorld } from './claims';

export interface AcquireOptions {
  /** What is leased, for messages. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Asked before each wait. */
  mayWait(): boolean;
}

/**
 * Claims a destination, after waiting for who has it.
 *
 * @throws LeaseNotAcquired when it was not to be had in the time; nothing has been written then
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
    // Should it have become a claim after all, nobody has to wait for it.
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
  // Before the touch: this holder's time may only be up sooner than others take it to be.
  const heldUntil = world.clock.elapsedMs() + ttlMs;
  const serverNow = (await claims.touch(token)) ?? (await proposeAnew(claims, token, ttlMs));
  const highest = Math.max(0, ...(await claims.look()).generations);
  // Gone again is: overtaken just now.
  const last = highest === 0 ? undefined : await claims.read(highest);
  if (highest > 0 && (last === undefined || !isFree(last, serverNow, graceMs))) return undefined;
  const generation = highest + 1;
  if (!(await claims.claim(token, generation))) return undefined;
  const { generations } = await claims.look();
  if (Math.max(...generations) === generation) {
    await forgetBelow(generation, generations, claims);
    return new Lease({ claims, token, generation, heldUntil, name, signal }, world);
  }
  // Late: that number had been given before, and its claim forgotten.
  return undefined;
}

/** What is leased was removed, and the proposal with it. */
async function proposeAnew(claims: Claims, token: string, ttlMs: number): Promise<number> {
  await claims.propose(token, ttlMs);
  const serverNow = await claims.touch(token);
  if (serverNow === undefined)
    throw new LeaseNotAcquired('What is to be written to is being removed. Run this again');
  return serverNow;
}

function isFree({ isReleased, touchedAt, ttlMs }: Claim, serverNow: number, graceMs: number): boolean {
  return isReleased || serverNow - touchedAt > ttlMs + graceMs;
}

async function forgetBelow(generation: number, found: readonly number[], claims: Claims): Promise<void> {
  // Tidiness only: whoever comes next tries again.
  for (const other of found) if (other < generation) await claims.forget(other).catch(() => undefined);
}

function explainBusy({ name }: AcquireOptions): string {
  return `Somebody else is writing to ${name}, and was not done in the time there was to wait. Run this again: it goes on with what is left then`;
}

interface Held {
  readonly claims: Claims;
  readonly token: string;
  readonly generation: number;
  readonly heldUntil: number;
  readonly name: string;
  readonly signal: AbortSignal;
}

/** A lease that is held; {@link acquireLease} makes it. It renews itself until it is released, lost or aborted. */
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
   * To be asked right before each commit: a rename into place, a removal.
   *
   * Those who ask while a look is under way share the next one: with many files at once, a look serves many.
   *
   * @throws LeaseLost, from then on every time
   */
  check(): Promise<void> {
    const look = async () => {
      this.#nextLook = undefined;
      await this.#look();
    };
    this.#nextLook ??= this.#looking = this.#looking.then(look, look);
    return this.#nextLook;
  }

  /** Lets the next one in. Never fails: what cannot be said now, the expiry says. */
  async release(): Promise<void> {
    this.#released.abort();
    await this.#renewing;
    await this.#held.claims.release(this.#held.token).catch(() => undefined);
  }

  async #look(): Promise<void> {
    this.#refuseIfOver();
    const { claims, generation, token } = this.#held;
    const { generations, tokens } = await claims.look();
    // A higher one is another's. So is this one, without the own proposal beside it: what is leased was removed
    // with its claims, and made anew.
    if (Math.max(0, ...generations) !== generation || !tokens.includes(token)) this.#lose();
    // Also after the look: it may have been then that this process slept.
    this.#refuseIfOver();
  }

  #refuseIfOver(): void {
    this.#lost.signal.throwIfAborted();
    if (this.#world.clock.elapsedMs() >= this.#heldUntil) this.#lose();
  }

  #lose(): never {
    const { name, generation } = this.#held;
    const lost = new LeaseLost(
      `The lease on ${name} (generation ${generation}) ran out or went to somebody else while this was stopped or cut off, so it writes no more. Run it again: what is there already stays`,
    );
    this.#lost.abort(lost);
    throw lost;
  }

  async #renewUntilOver(): Promise<void> {
    const over = AbortSignal.any([this.#released.signal, this.#lost.signal, this.#held.signal]);
    for (;;) {
      await this.#world.clock.wait(this.#world.settings.ttlMs / 3, over);
      if (over.aborted) return;
      // A file server that does not answer now may do so next time; until then the time runs.
      await this.#renew().catch(() => undefined);
    }
  }

  async #renew(): Promise<void> {
    // From before the look: time that passes between the look and the renewal must not count as held.
    const renewedAt = this.#world.clock.elapsedMs();
    await this.check();
    if ((await this.#held.claims.touch(this.#held.token)) === undefined) this.#lose();
    this.#heldUntil = renewedAt + this.#world.settings.ttlMs;
  }
}
