/** The failed jobs of an execution that has retried them, as its state and its result have them. */
import * as v from 'valibot';
import { integer, listOf, model, optional, text, tryModel } from '../../wire/schema';

export const endedJobSchema = model({
  jobId: text(),
  /** MiB. */
  memory: optional(integer(1)),
  exitCode: optional(integer()),
  /** The container's reason, or the job's status reason. */
  reason: optional(text()),
  /** The rule that has decided for the retry: {@link describeRule}. */
  rule: optional(text()),
});

const endedJobsSchema = v.optional(listOf(endedJobSchema), []);

export type EndedJob = v.InferOutput<typeof endedJobSchema>;

/** Characters of a reason in the state of an execution. */
const REASON_CHARACTERS = 200;

export function clippedReason(reason: string | undefined): string | undefined {
  return reason?.slice(0, REASON_CHARACTERS);
}

/** Returns the ended jobs of a state's `batch`, or an empty list when it has no readable list. */
export function readEndedJobs(given: unknown): readonly EndedJob[] {
  return tryModel(endedJobsSchema, given).output ?? [];
}

/** Returns the jobs in words: `512 MiB (OutOfMemoryError: ...), 1024 MiB (...)`. */
export function describeEndedJobs(jobs: readonly EndedJob[]): string {
  return jobs
    .map(({ jobId, memory, reason }) => {
      const what = memory === undefined ? `job ${jobId}` : `${memory} MiB`;
      return reason === undefined ? what : `${what} (${reason})`;
    })
    .join(', ');
}
