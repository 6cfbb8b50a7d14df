/** A sweep of real files, at a time that a test chooses. Nobody can set a ctime, so the clock goes on instead. */
import { join } from 'node:path';
import { fileLeaseFacts } from '../../src/adapters/files/file-lease-facts';
import { fileLeases } from '../../src/adapters/files/file-leases';
import { fileReaders } from '../../src/adapters/files/file-readers';
import { fileSweepWorld } from '../../src/adapters/files/file-sweep-world';
import { SINGLE_FUNCTION } from '../../src/efs/function-routing';
import { type SweepWorld, sweep } from '../../src/steps/sweep';
import type { Fate } from '../../src/sweep/fates';
import type { PartReport } from '../../src/sweep/report';
import { partReportSchema } from '../../src/sweep/report';
import { NFS_LEASE } from '../../src/transfer/lease/claims';
import { readModel } from '../../src/wire/schema';
import { plant } from '../transfer/folders';

export const DAY_MS = 24 * 3_600_000;
export const EXECUTION = 'arn:aws:states:us-west-2:111122223333:execution:dev-demand-execution:';
const VOLUMES = [
  { role: 'scratch', path: '/scratch', days_since_last_accessed: 15 },
  { role: 'shared', path: '/shared', days_since_last_accessed: 30 },
  { role: 'tmp', path: '/tmp', days_since_last_accessed: 15 },
  { role: 'tmp', path: '/scratch/tmp', days_since_last_accessed: 15 },
];

type Role = 'scratch' | 'shared' | 'tmp' | 'records';

/** One file system, mounted whole, as a function mounts it. */
export class SweptWorld {
  /** Milliseconds that the clock is ahead of the files. */
  ahead = 0;
  /** Begin of the oldest running execution. */
  runningSince: number | Error = Number.POSITIVE_INFINITY;
  readonly fates = new Map<string, Fate>();
  /** Called while the sweeper waits before its last check. */
  onFence: () => Promise<void> | void = () => undefined;
  remainingMs: () => number = () => 900_000;
  readonly signal = new AbortController().signal;
  #call = new AbortController();

  constructor(readonly path: string) {}

  /** Lets the time of the running call end. */
  endCall(): Error {
    const reason = new Error('the time of the call is over');
    this.#call.abort(reason);
    return reason;
  }

  now = (): number => Date.now() + this.ahead;

  get mounts() {
    return [{ path: this.path, fileSystemId: 'fs-1', root: '/' }];
  }

  get readers() {
    return fileReaders(this.mounts);
  }

  get leases() {
    return fileLeases({ mounts: this.mounts, settings: { ...NFS_LEASE, pollMs: 5 } });
  }

  pass(days: number): void {
    this.ahead += days * DAY_MS;
  }

  /** Ends an execution now. */
  end(name: string, hasSucceeded = true): void {
    this.fates.set(EXECUTION + name, { kind: 'ended', endedAt: this.now(), hasSucceeded });
  }

  /** Makes the working directory of a running execution. */
  direct(name: string, files: Record<string, string> = {}, owner = name): void {
    plant(join(this.path, 'scratch', name), { ...files, '.demand.owner': EXECUTION + owner });
    this.fates.set(EXECUTION + owner, { kind: 'running' });
  }

  world(changes: Partial<SweepWorld> = {}): SweepWorld {
    const { mounts, signal } = this;
    const clock = {
      now: this.now,
      wait: async () => {
        await this.onFence();
      },
    };
    return {
      ...fileSweepWorld(mounts, { ...NFS_LEASE, pollMs: 5 }),
      fates: { of: async (arn) => this.fates.get(arn) ?? { kind: 'gone' } },
      leases: fileLeaseFacts(mounts, this.now),
      running: {
        oldestBegin: async () => {
          if (this.runningSince instanceof Error) throw this.runningSince;
          return this.runningSince;
        },
      },
      clock,
      time: {
        remainingMs: () => (this.#call.signal.aborted ? 0 : this.remainingMs()),
        deadline: this.#call.signal,
      },
      signal,
      settings: { mounts, routing: SINGLE_FUNCTION, fenceMs: 1 },
      ...changes,
    };
  }

  /** Sweeps one volume in as many calls as it takes. @returns the report, and the number of calls */
  async sweep(
    role: Role,
    request: Record<string, unknown> = {},
    changes: Partial<SweepWorld> = {},
  ): Promise<PartReport & { calls: number }> {
    const { volume: own, ...rest } = request;
    const planned = VOLUMES.find((each) => each.role === role);
    const volume = planned && { ...planned, ...(own as object) };
    const others = VOLUMES.map(({ path }) => path).filter((path) => path !== volume?.path);
    const event = {
      execution: 'sweep',
      request: { volumes: VOLUMES, ...rest },
      part: { function: 0, file_system_id: 'fs-1', volume, others },
    };
    for (let [calls, cursor, so_far] = [1, '', undefined as unknown]; ; calls++) {
      this.#call = new AbortController();
      const answer = await sweep({ ...event, cursor, so_far }, this.world(changes));
      if (answer.status === 'DONE') return { ...readModel(partReportSchema, answer.report), calls };
      [cursor, so_far] = [answer.cursor, answer.report];
    }
  }
}
