/** Ends the jobs of an ended execution, also jobs whose ids are not in its history. */
import type { CallTime, Clock } from '../../clock';
import { JobStillRunning } from '../../errors';
import type { AcceptedJob, ExecutionLeftovers } from '../../history/leftovers';
import type { EpochMs } from '../../units';
import { type EndedExecution, stopReason } from './end-state';
import { IN_FLIGHT_MS, LOST_JOB_POLL_MS, POLL_MS, REMOVAL_MS } from './waits';

export interface CleanUpJobsWorld {
  readonly jobs: EndableJobs;
  readonly clock: Clock;
  readonly time: CallTime;
}

export interface EndableJobs {
  /** Returns the status of each job by its id. Jobs that Batch has deleted are missing. */
  statuses(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Returns the jobs of a queue with this name, in any status. */
  named(name: string, queue: string): Promise<readonly CreatedJob[]>;
  terminate(id: string, reason: string): Promise<void>;
}

export interface CreatedJob {
  readonly id: string;
  readonly createdAt: EpochMs;
}

const ENDED = new Set(['SUCCEEDED', 'FAILED']);

/**
 * Stops the jobs of all retries and waits for their ends.
 *
 * @returns whether a job has succeeded, so that its results exist; a job that Batch has deleted counts as succeeded
 * @throws JobStillRunning when a job still runs near the end of this call
 */
export async function endJobs(
  leftovers: ExecutionLeftovers,
  ended: EndedExecution,
  world: CleanUpJobsWorld,
): Promise<boolean> {
  const lost = await findLostJobs(leftovers, ended, world);
  const duplicates = await findDuplicates(leftovers, world);
  const ids = [...new Set([...leftovers.jobs, ...lost, ...duplicates])];
  const last = [...lastJob(leftovers), ...lost, ...duplicates];
  const stopped = new Set<string>();
  for (;;) {
    const statuses = await statusesOf(ids, world);
    const running = [...statuses].filter(([, status]) => !ENDED.has(status)).map(([id]) => id);
    if (running.length === 0) return last.some((id) => (statuses.get(id) ?? 'SUCCEEDED') === 'SUCCEEDED');
    for (const id of running.filter((each) => !stopped.has(each))) {
      await world.jobs.terminate(id, stopReason(ended));
      stopped.add(id);
    }
    if (world.time.remainingMs() < REMOVAL_MS) throw stillRunning(running);
    await world.clock.wait(POLL_MS);
  }
}

/** Returns the job that may have succeeded. The machine asks for another job only after the failure of the one before. */
function lastJob({ jobs, askedJob }: ExecutionLeftovers): readonly string[] {
  return askedJob === undefined ? jobs.slice(-1) : [];
}

/**
 * Finds the job that Batch has accepted without an answer to the machine. The jobs of all attempts have the same name,
 * so the time of its creation identifies the job.
 */
async function findLostJobs(
  { askedJob }: ExecutionLeftovers,
  { endedAt = Number.POSITIVE_INFINITY }: EndedExecution,
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

/**
 * Finds the jobs that Batch has accepted for a submission whose repetition it has answered. Such a job may have claimed the
 * working directory, and then the known job did nothing.
 */
async function findDuplicates(
  { acceptedJobs }: ExecutionLeftovers,
  { jobs }: CleanUpJobsWorld,
): Promise<readonly string[]> {
  const isOf = ({ askedAt, leftAt }: AcceptedJob, { createdAt }: CreatedJob) =>
    createdAt >= askedAt && createdAt <= leftAt;
  const found = [];
  for (const asked of acceptedJobs)
    found.push(...(await jobs.named(asked.name, asked.queue)).filter((job) => isOf(asked, job)));
  return found.map(({ id }) => id);
}

async function statusesOf(ids: readonly string[], { jobs }: CleanUpJobsWorld) {
  return ids.length === 0 ? new Map<string, string>() : jobs.statuses(ids);
}

function stillRunning(ids: readonly string[]): JobStillRunning {
  return new JobStillRunning(
    `The job ${ids.join(', ')} is stopping and has not ended yet, so no file was removed. ` +
      'Send the event again after its end',
  );
}
