/** A file server for {@link Claims} in memory. A test can delay every step. */
import type { Claims, LeaseSettings, LeaseWorld } from '../../../src/transfer/lease/claims';

export const SETTINGS: LeaseSettings = { ttlMs: 90, graceMs: 30, pollMs: 20, maxWaitMs: 10_000 };

/** The file behind both of its names. */
interface Inode {
  readonly token: string;
  readonly ttlMs: number;
  touchedAt: number;
  isReleased: boolean;
}

/** Delays a step before the server takes it, and before its answer arrives. */
export type Gate = (step: string) => Promise<void>;

export class LeaseServer {
  /** Milliseconds of the server's clock. The clocks of its clients are independent of it. */
  now = 1_000_000;
  readonly claims = new Map<number, Inode>();
  readonly proposals = new Map<string, Inode>();

  highest(): number {
    return Math.max(0, ...this.claims.keys());
  }

  /** @param looked called at the moment of each look, which is the moment that a check is about */
  connect(gate: Gate = async () => undefined, looked: () => void = () => undefined): Claims {
    const step = async <T>(name: string, take: () => T): Promise<T> => {
      await gate(name);
      const answer = take();
      await gate(`answer to ${name}`);
      return answer;
    };
    return {
      look: () =>
        step('look', () => {
          looked();
          return { generations: [...this.claims.keys()], tokens: [...this.proposals.keys()] };
        }),
      read: (generation) => step('read', () => this.#read(generation)),
      propose: (token, ttlMs) => step('propose', () => this.#propose(token, ttlMs)),
      touch: (token) => step('touch', () => this.#touch(token)),
      claim: (token, generation) => step('claim', () => this.#claim(token, generation)),
      release: (token) => step('release', () => this.#release(token)),
      forget: (generation) => step('forget', () => void this.claims.delete(generation)),
    };
  }

  /** Removes all claims and proposals, as a removal of the destination does. */
  revoke(): void {
    this.claims.clear();
    this.proposals.clear();
  }

  #read(generation: number) {
    const inode = this.claims.get(generation);
    return inode && { generation, ...inode };
  }

  #propose(token: string, ttlMs: number): void {
    this.proposals.set(token, { token, ttlMs, touchedAt: this.now, isReleased: false });
  }

  #touch(token: string): number | undefined {
    const inode = this.proposals.get(token);
    if (inode !== undefined) inode.touchedAt = this.now;
    return inode?.touchedAt;
  }

  #claim(token: string, generation: number): boolean {
    const inode = this.proposals.get(token);
    if (inode === undefined) return false;
    if (!this.claims.has(generation)) this.claims.set(generation, inode);
    return this.claims.get(generation)?.token === token;
  }

  #release(token: string): void {
    const inode = this.proposals.get(token);
    if (inode !== undefined) inode.isReleased = true;
    this.proposals.delete(token);
  }
}

/** Returns the world of a client. Its renewals wait for ever. Its other waits take no time and advance the clocks. */
export function leaseWorld(
  server: LeaseServer,
  claims: Claims = server.connect(),
  changes: Partial<LeaseWorld> = {},
): LeaseWorld {
  let tokens = 0;
  return {
    open: async () => claims,
    revoke: async () => server.revoke(),
    clock: {
      elapsedMs: () => server.now - 700_000,
      wait: async (ms, until) => {
        if (ms === SETTINGS.pollMs) server.now += ms;
        else if (!until.aborted) await new Promise((resolve) => until.addEventListener('abort', resolve));
      },
    },
    token: () => `token-${++tokens}`,
    settings: SETTINGS,
    ...changes,
  };
}
