/** The claims of {@link Claims} as a file server would keep them, in memory; every step can be held up. */
import type { Claims, LeaseSettings, LeaseWorld } from '../../../src/transfer/lease/claims';

export const SETTINGS: LeaseSettings = { ttlMs: 90, graceMs: 30, pollMs: 20, maxWaitMs: 10_000 };

/** The file behind both of its names. */
interface Inode {
  readonly token: string;
  readonly ttlMs: number;
  touchedAt: number;
  isReleased: boolean;
}

/** Holds a step up, before it is taken and before its answer arrives. */
export type Gate = (step: string) => Promise<void>;

export class LeaseServer {
  /** The server's clock, milliseconds; it has nothing to do with those of its clients. */
  now = 1_000_000;
  readonly claims = new Map<number, Inode>();
  readonly proposals = new Map<string, Inode>();

  highest(): number {
    return Math.max(0, ...this.claims.keys());
  }

  /** @param looked is told when somebody looks: the moment that a check speaks of */
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

  /** As when what is leased is removed. */
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

/** A client; its renewals wait for ever, its other waits take no time but let the clocks go on. */
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
