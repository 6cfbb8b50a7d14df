/** Ends the jobs of an execution that has ended: those whose ids are known, and one whose id did not come back. */
import { JobStillRunning } from '../errors';
import type { Remains } from '../events/remains';

export interface CleanUpJobsWorld {
  readonly jobs: EndableJobs;
  wait(milliseconds: number): Promise<void>;
  /** Of this call. */
  remainingMs(): number;
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
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** An execution that is over. */
export interface Ended {
  readonly executionArn: string;
  /** Milliseconds since 1970. */
  readonly endedAt?: number | undefined;
}

const ENDED = new Set(['SUCCEEDED', 'FAILED']);
const POLL_MS = 5_000;
/** For what comes after the job: the removal takes its own time, and is taken up again by the next call. */
const LEAST_MS = 60_000;
/** What was asked for just before the end may be made just after it. */
const IN_FLIGHT_MS = 10_000;

/**
 * Waits until they have ended.
 *
 * @returns whether one has succeeded: what it wrote is there then
 * @throws JobStillRunning when one has not in the time of this call
 */
export async function endJobs(remains: Remains, ended: Ended, world: CleanUpJobsWorld): Promise<boolean> {
  const ids = [...remains.jobs, ...(await unknownJobs(remains, ended, world))];
  const asked = new Set<string>();
  for (;;) {
    const statuses = await statusesOf(ids, world);
    const running = [...statuses].filter(([, status]) => !ENDED.has(status)).map(([id]) => id);
    if (running.length === 0) return [...statuses.values()].includes('SUCCEEDED');
    for (const id of running.filter((each) => !asked.has(each))) {
      await world.jobs.terminate(id, reasonOf(ended));
      asked.add(id);
    }
    if (world.remainingMs() < LEAST_MS) throw stillRunning(running);
    await world.wait(POLL_MS);
  }
}

/** What is ended along with an execution is told so. */
export function reasonOf({ executionArn }: Ended): string {
  return `${executionArn} has ended`;
}

/** A job's name is that of another attempt's job, too; this execution's was made while it ran. */
async function unknownJobs(
  { askedJob }: Remains,
  { endedAt = Number.POSITIVE_INFINITY }: Ended,
  { jobs }: CleanUpJobsWorld,
) {
  if (askedJob === undefined) return [];
  const { name, queue, askedAt } = askedJob;
  const isOurs = ({ createdAt }: CreatedJob) => createdAt >= askedAt && createdAt <= endedAt + IN_FLIGHT_MS;
  return (await jobs.named(name, queue)).filter(isOurs).map(({ id }) => id);
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
