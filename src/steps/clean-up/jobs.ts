/** Ends the jobs of an execution that has ended: those whose ids are known, and one whose id did not come back. */
import type { CallTime, Clock } from '../../clock';
import { JobStillRunning } from '../../errors';
import type { ExecutionLeftovers } from '../../history/leftovers';
import type { EpochMs } from '../../units';
import { type Ended, reasonOf } from './end-state';
import { IN_FLIGHT_MS, LOST_JOB_POLL_MS, POLL_MS, REMOVAL_MS } from './waits';

export interface CleanUpJobsWorld {
  readonly jobs: EndableJobs;
  readonly clock: Clock;
  readonly time: CallTime;
}

export interface EndableJobs {
  /** By id: SUCCEEDED, FAILED, or a status on the way there; those that Batch has forgotten are left out. */
  statuses(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Of a queue, in any status. */
  named(name: string, queue: string): Promise<readonly CreatedJob[]>;
  terminate(id: string, reason: string): Promise<void>;
}

export interface CreatedJob {
  readonly id: string;
  readonly createdAt: EpochMs;
}

const ENDED = new Set(['SUCCEEDED', 'FAILED']);

/**
 * Waits until they have ended.
 *
 * @returns whether one has succeeded, and so what it wrote is there; or may have, where Batch knows nothing of it any more
 * @throws JobStillRunning when one has not in the time of this call
 */
export async function endJobs(
  leftovers: ExecutionLeftovers,
  ended: Ended,
  world: CleanUpJobsWorld,
): Promise<boolean> {
  const ids = [...leftovers.jobs, ...(await unknownJobs(leftovers, ended, world))];
  const asked = new Set<string>();
  for (;;) {
    const statuses = await statusesOf(ids, world);
    const running = [...statuses].filter(([, status]) => !ENDED.has(status)).map(([id]) => id);
    if (running.length === 0) return ids.some((id) => (statuses.get(id) ?? 'SUCCEEDED') === 'SUCCEEDED');
    for (const id of running.filter((each) => !asked.has(each))) {
      await world.jobs.terminate(id, reasonOf(ended));
      asked.add(id);
    }
    if (world.time.remainingMs() < REMOVAL_MS) throw stillRunning(running);
    await world.clock.wait(POLL_MS);
  }
}

/** A job's name is that of another attempt's job, too; this execution's was made while it asked for one. */
async function unknownJobs(
  { askedJob }: ExecutionLeftovers,
  { endedAt = Number.POSITIVE_INFINITY }: Ended,
  world: CleanUpJobsWorld,
) {
  if (askedJob === undefined) return [];
  const { name, queue, askedAt, leftAt = endedAt } = askedJob;
  const until = Math.min(leftAt, endedAt) + IN_FLIGHT_MS;
  const isOurs = ({ createdAt }: CreatedJob) => createdAt >= askedAt && createdAt <= until;
  for (;;) {
    const found = (await world.jobs.named(name, queue)).filter(isOurs).map(({ id }) => id);
    const left = until - world.clock.now();
    if (found.length > 0 || left <= 0 || !Number.isFinite(left)) return found;
    await world.clock.wait(Math.min(LOST_JOB_POLL_MS, left));
  }
}

async function statusesOf(ids: readonly string[], { jobs }: CleanUpJobsWorld) {
  return ids.length === 0 ? new Map<string, string>() : jobs.statuses(ids);
}

function stillRunning(ids: readonly string[]): JobStillRunning {
  return new JobStillRunning(
    `The job ${ids.join(', ')} was told to stop and has not yet, so nothing was removed from under it. ` +
      'Send the event again once it has ended',
  );
}
