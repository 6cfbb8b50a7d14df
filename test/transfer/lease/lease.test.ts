import { LeaseLost, LeaseNotAcquired } from '../../../src/errors';
import type { Claims, LeaseWorld } from '../../../src/transfer/lease/claims';
import { acquireLease } from '../../../src/transfer/lease/lease';
import { LeaseServer, leaseWorld, SETTINGS } from './lease-server';

const { ttlMs, graceMs } = SETTINGS;
const signal = new AbortController().signal;

let server: LeaseServer;
beforeEach(() => {
  server = new LeaseServer();
});

/** A client whose renewals wait for {@link Client.renew}. Its other waits take no time. */
class Client {
  readonly claims: Claims;
  readonly world: LeaseWorld;
  #wake: (() => void) | undefined;

  constructor(name: string, changes: Partial<Claims> = {}) {
    this.claims = { ...server.connect(), ...changes };
    let tokens = 0;
    this.world = leaseWorld(server, this.claims, {
      token: () => `${name}${++tokens}`,
      clock: {
        elapsedMs: () => server.now - 700_000,
        wait: (ms, until) =>
          new Promise((resolve) => {
            if (ms !== ttlMs / 3) server.now += ms;
            if (ms !== ttlMs / 3 || until.aborted) resolve();
            this.#wake = resolve;
            until.addEventListener('abort', () => resolve());
          }),
      },
    });
  }

  acquire(options: { mayWait?: () => boolean; signal?: AbortSignal } = {}) {
    return acquireLease(this.claims, { name: '/data', signal, mayWait: () => true, ...options }, this.world);
  }

  /** Runs the waiting renewal to its end. */
  async renew(): Promise<void> {
    this.#wake?.();
    await new Promise(setImmediate);
  }
}

const once = () => {
  let asked = 0;
  return () => asked++ < 1;
};

test('a writer gets a free or released lease at once, and removes old claims', async () => {
  for (const name of ['a', 'b', 'c']) {
    const lease = await new Client(name).acquire({ mayWait: () => false });
    await lease.check();
    await lease.release();
  }
  expect([...server.claims.keys()]).toEqual([3]);
  expect(server.proposals.size).toBe(0);
});

test('the second writer waits for the first writer', async () => {
  const [a, b] = [new Client('a'), new Client('b')];
  const lease = await a.acquire();
  const told: string[] = [];
  const second = b.acquire({
    mayWait: () => {
      told.push('waits');
      if (told.length === 2) void lease.release();
      return true;
    },
  });
  await (await second).check();
  expect(told.slice(0, 2)).toEqual(['waits', 'waits']);
  expect(server.highest()).toBe(2);
});

test('a writer that may not wait gets no lease and leaves no proposal', async () => {
  const lease = await new Client('a').acquire();
  await expect(new Client('b').acquire({ mayWait: once() })).rejects.toThrow(LeaseNotAcquired);
  await lease.check();
  expect([...server.claims.keys()]).toEqual([1]);
  expect([...server.proposals.keys()]).toEqual(['a1']);
});

test('the wait ends at maxWaitMs exactly', async () => {
  const [a, b] = [new Client('a'), new Client('b')];
  await a.acquire();
  const begun = server.now;
  const world = { ...b.world, settings: { ...SETTINGS, maxWaitMs: 40 } };
  const options = { name: '/data', signal, mayWait: () => true };
  await expect(acquireLease(b.claims, options, world)).rejects.toThrow(/writing to \/data/);
  expect(server.now - begun).toBe(40);
});

test('a writer waits when the highest claim disappears after the look, because the claim has a successor', async () => {
  await new Client('a').acquire();
  const b = new Client('b', { read: async () => undefined });
  await expect(b.acquire({ mayWait: once() })).rejects.toThrow(LeaseNotAcquired);
  expect([...server.claims.keys()]).toEqual([1]);
});

test('a writer gets no lease when another writer claims the same generation first', async () => {
  const claims = server.connect();
  const late = new Client('late', {
    claim: async (token, generation) => {
      if (generation === 1) await new Client('a').acquire();
      return claims.claim(token, generation);
    },
  });
  await expect(late.acquire({ mayWait: () => false })).rejects.toThrow(LeaseNotAcquired);
});

test('a check fails when the lease runs out during its look', async () => {
  const claims = server.connect();
  let isSlow = false;
  const look = async () => {
    if (isSlow) server.now += ttlMs;
    return claims.look();
  };
  const lease = await new Client('a', { look }).acquire();
  isSlow = true;
  await expect(lease.check()).rejects.toThrow(LeaseLost);
});

test('an abort ends the wait', async () => {
  await new Client('a').acquire();
  const stop = new AbortController();
  const mayWait = () => {
    stop.abort(new Error('stopped'));
    return true;
  };
  await expect(new Client('b').acquire({ mayWait, signal: stop.signal })).rejects.toThrow('stopped');
});

describe('expiry', () => {
  test('lets another writer take the lease after the TTL and the grace, not before', async () => {
    await new Client('a').acquire();
    server.now += ttlMs + graceMs;
    const b = new Client('b');
    await expect(b.acquire({ mayWait: () => false })).rejects.toThrow(LeaseNotAcquired);
    server.now += 1;
    await (await b.acquire({ mayWait: () => false })).check();
  });

  test('refuses the check of a holder after the TTL, also if no other writer has the lease', async () => {
    const lease = await new Client('a').acquire();
    server.now += ttlMs - 1;
    await lease.check();
    server.now += 1;
    await expect(lease.check()).rejects.toThrow(LeaseLost);
    expect(lease.signal.reason).toBeInstanceOf(LeaseLost);
  });

  test('comes later after a renewal, for the holder and for other writers', async () => {
    const a = new Client('a');
    const lease = await a.acquire();
    for (let round = 0; round < 5; round++) {
      server.now += ttlMs - 1;
      await a.renew();
    }
    await lease.check();
    await expect(new Client('b').acquire({ mayWait: () => false })).rejects.toThrow(LeaseNotAcquired);
  });

  test('cannot be undone by a renewal', async () => {
    const a = new Client('a');
    const lease = await a.acquire();
    server.now += ttlMs;
    await a.renew();
    await expect(lease.check()).rejects.toThrow(LeaseLost);
  });

  test('counts the time during a renewal', async () => {
    const claims = server.connect();
    const touch = async (token: string) => {
      // The first touch comes before the claim.
      if (server.claims.size > 0) server.now += ttlMs;
      return claims.touch(token);
    };
    const a = new Client('a', { touch });
    const lease = await a.acquire();
    await a.renew();
    await expect(lease.check()).rejects.toThrow(LeaseLost);
  });

  test('does not come if the next renewal after a failed renewal succeeds', async () => {
    const claims = server.connect();
    let failures = 0;
    const touch = async (token: string) => {
      if (server.claims.size > 0 && failures++ === 0) throw new Error('EIO');
      return claims.touch(token);
    };
    const a = new Client('a', { touch });
    const lease = await a.acquire();
    for (let round = 0; round < 3; round++) {
      server.now += ttlMs / 3;
      await a.renew();
    }
    server.now += ttlMs / 3;
    await lease.check();
  });

  test('comes after an abort, which ends the renewals', async () => {
    const stop = new AbortController();
    const a = new Client('a');
    await a.acquire({ signal: stop.signal });
    stop.abort();
    server.now += ttlMs / 3;
    await a.renew();
    server.now += (2 * ttlMs) / 3 + graceMs + 1;
    await (await new Client('b').acquire({ mayWait: () => false })).check();
  });
});

describe('another holder', () => {
  test('is noticed by a holder whose clock stood still', async () => {
    const a = new Client('a');
    const world = { ...a.world, clock: { ...a.world.clock, elapsedMs: () => 0 } };
    const lease = await acquireLease(a.claims, { name: '/data', signal, mayWait: () => true }, world);
    server.now += ttlMs + graceMs + 1;
    const other = await new Client('b').acquire();
    await expect(lease.check()).rejects.toThrow(/lease on \/data \(generation 1\)/);
    await lease.release();
    await other.check();
  });

  test('with the same generation is noticed, after a removal of the destination', async () => {
    const lease = await new Client('a').acquire();
    server.revoke();
    const other = await new Client('b').acquire({ mayWait: () => false });
    expect(server.highest()).toBe(1);
    await expect(lease.check()).rejects.toThrow(LeaseLost);
    await lease.release();
    await other.check();
    await expect(new Client('c').acquire({ mayWait: () => false })).rejects.toThrow(LeaseNotAcquired);
  });

  test('gets the lease after a removal of the destination', async () => {
    await new Client('a').acquire();
    const mayWait = () => {
      server.revoke();
      return true;
    };
    await (await new Client('b').acquire({ mayWait })).check();
  });

  test('waits if its claim of an old generation comes late', async () => {
    const claims = server.connect();
    const latecomer = new Client('late', {
      claim: async (token, generation) => {
        // Between the look and the claim, writer a takes and releases the lease, then writer b takes it.
        if (generation === 1)
          for (const name of ['a', 'b']) {
            const lease = await new Client(name).acquire();
            if (name === 'a') await lease.release();
          }
        return claims.claim(token, generation);
      },
    });
    await expect(latecomer.acquire({ mayWait: once() })).rejects.toThrow(LeaseNotAcquired);
    expect(server.highest()).toBe(2);
    expect(server.claims.get(2)?.isReleased).toBe(false);
  });
});

test('a claim that was sent twice gives the lease', async () => {
  const claims = server.connect();
  const a = new Client('a', {
    claim: async (token, generation) => {
      await claims.claim(token, generation);
      return claims.claim(token, generation);
    },
  });
  await (await a.acquire()).check();
});

test('checks during a look share the next look', async () => {
  let looks = 0;
  const claims = server.connect();
  const a = new Client('a', {
    look: async () => {
      looks++;
      await new Promise(setImmediate);
      return claims.look();
    },
  });
  const lease = await a.acquire();
  looks = 0;
  const first = lease.check();
  await Promise.resolve();
  await Promise.all([first, ...Array.from({ length: 20 }, () => lease.check())]);
  expect(looks).toBe(2);
});
