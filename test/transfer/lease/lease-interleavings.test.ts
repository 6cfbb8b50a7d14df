/** Three holders whose steps run in any order. Two holders never pass a check at the same time. */
import fc from 'fast-check';
import { LeaseLost, LeaseNotAcquired } from '../../../src/errors';
import { acquireLease } from '../../../src/transfer/lease/lease';
import { runs } from '../../demand/arbitraries';
import { LeaseServer, leaseWorld, SETTINGS } from './lease-server';

const HOLDERS = ['a', 'b', 'c'];
const { ttlMs, graceMs } = SETTINGS;

interface Passed {
  /** The order in which the looks of all checks were taken by the server. */
  readonly look: number;
  readonly generation: number;
  readonly holder: string;
  /** The server's highest claim between the check and the commit. */
  readonly highestThen: number;
}

interface Habits {
  /** Times to take the lease. */
  readonly holds: number;
  /** Commits under each lease. */
  readonly commits: number;
  /** Number of steps after which the holder is killed. */
  readonly diesAfter: number;
  /** Number of steps after which the machine and its clock stand still for some time. The holder does not notice it. */
  readonly freezesAfter: number;
}

const habits = (freezes: boolean) =>
  fc.record({
    holds: fc.integer({ min: 1, max: 2 }),
    commits: fc.integer({ min: 1, max: 4 }),
    diesAfter: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(Number.POSITIVE_INFINITY)),
    freezesAfter: freezes ? fc.integer({ min: 0, max: 40 }) : fc.constant(Number.POSITIVE_INFINITY),
  });

class Interleaving {
  readonly server = new LeaseServer();
  readonly passed: Passed[] = [];
  #looks = 0;

  constructor(private readonly scheduler: fc.Scheduler) {}

  /** Advances the server's clock at any moment, also by more than a TTL, as if all holders were stopped. */
  async letTimePass(ticks: readonly number[]): Promise<void> {
    for (const ms of ticks) {
      await this.scheduler.schedule(Promise.resolve(), `${ms} ms pass`);
      this.server.now += ms;
    }
  }

  async hold(holder: string, { holds, commits, diesAfter, freezesAfter }: Habits): Promise<void> {
    const { server } = this;
    const stop = new AbortController();
    let steps = 0;
    let look = 0;
    let frozenMs = 0;
    const died = Promise.withResolvers<void>();
    const gate = async (step: string) => {
      await this.scheduler.schedule(Promise.resolve(), `${holder}: ${step}`);
      steps++;
      if (steps === freezesAfter) {
        const before = server.now;
        await this.letTimePass(Array(15).fill(ttlMs / 5));
        frozenMs = server.now - before;
      }
      if (steps <= diesAfter) return;
      died.resolve();
      await new Promise(() => undefined);
    };
    const claims = server.connect(gate, () => {
      look = ++this.#looks;
    });
    let tokens = 0;
    const world = leaseWorld(server, claims, {
      token: () => `${holder}${++tokens}`,
      clock: {
        elapsedMs: () => server.now - frozenMs + 5_000,
        wait: async (ms, signal) => {
          if (!signal.aborted) await gate('sleep');
          server.now += ms;
        },
      },
    });
    const options = { name: 'it', signal: stop.signal, mayWait: () => true };
    const live = async () => {
      for (let held = 0; held < holds; held++) {
        const lease = await acquireLease(claims, options, world);
        const generation =
          [...server.claims].find(([, { token }]) => token === `${holder}${tokens}`)?.[0] ?? -1;
        try {
          for (let each = 0; each < commits; each++) {
            await lease.check();
            this.passed.push({
              look,
              generation,
              holder: `${holder}${tokens}`,
              highestThen: server.highest(),
            });
          }
        } catch (error) {
          if (!(error instanceof LeaseLost)) throw error;
        }
        await lease.release();
      }
    };
    await Promise.race([live(), died.promise]).catch((error) => {
      if (!(error instanceof LeaseNotAcquired)) throw error;
    });
  }
}

async function interleave(scheduler: fc.Scheduler, all: readonly Habits[], ticks: readonly number[]) {
  const interleaving = new Interleaving(scheduler);
  const holders = HOLDERS.map((holder, index) => interleaving.hold(holder, all[index]!));
  const time = interleaving.letTimePass(ticks);
  await scheduler.waitFor(Promise.all([...holders, time]));
  return interleaving.passed.toSorted((one, other) => one.look - other.look);
}

const ticks = fc.array(fc.integer({ min: 1, max: 2 * (ttlMs + graceMs) }), { maxLength: 8 });
const holdersOf = (freezes: boolean) =>
  fc.array(habits(freezes), { minLength: HOLDERS.length, maxLength: HOLDERS.length });

const CASES = runs(400);

test('no other holder passes a check between the check and the commit of a holder', async () => {
  let commits = 0;
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), holdersOf(false), ticks, async (scheduler, all, passing) => {
      const passed = await interleave(scheduler, all, passing);
      commits += passed.length;
      for (const { generation, highestThen } of passed) expect(highestThen).toBe(generation);
    }),
    CASES,
  );
  expect(commits).toBeGreaterThan(CASES.numRuns);
});

test('with clocks that stand still, no holder passes a look after a look of a later holder', async () => {
  let commits = 0;
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), holdersOf(true), ticks, async (scheduler, all, passing) => {
      const passed = await interleave(scheduler, all, passing);
      commits += passed.length;
      const generations = passed.map(({ generation }) => generation);
      expect(generations).toEqual(generations.toSorted((one, other) => one - other));
      const holders = new Map(passed.map(({ generation, holder }) => [generation, holder]));
      for (const { generation, holder } of passed) expect(holders.get(generation)).toBe(holder);
    }),
    CASES,
  );
  expect(commits).toBeGreaterThan(CASES.numRuns);
});
