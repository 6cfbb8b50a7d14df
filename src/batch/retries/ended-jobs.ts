/** The jobs of an execution with retries, as its state, its output and its cause have them. */
import * as v from 'valibot';
import { isJsonObject, withoutEmpty } from '../../wire/json';
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

/** Returns the jobs of an execution that has succeeded, the last one included. */
export function jobsOfOutput(output: unknown): readonly EndedJob[] {
  const { batch, job } = objectOf(output);
  const { job_id: jobId } = objectOf(job);
  if (typeof jobId !== 'string') return [];
  const { args, ended_jobs: ended } = objectOf(batch);
  const memory = memoryOf(objectOf(args).container_overrides);
  return [...readEndedJobs(ended), { jobId, ...withoutEmpty({ memory }) }];
}

/** Returns the jobs of an execution whose last job has failed. @param detail its JobDetail, in PascalCase */
export function jobsOfDetail(detail: Readonly<Record<string, unknown>>): readonly EndedJob[] {
  const { JobId: jobId, Container: container, StatusReason, EndedJobs } = detail;
  if (typeof jobId !== 'string') return [];
  const { ExitCode: exitCode, Reason = StatusReason } = objectOf(container);
  const last = {
    jobId,
    ...withoutEmpty({ memory: memoryOf(container) }),
    ...(typeof exitCode === 'number' && { exitCode }),
    ...(typeof Reason === 'string' && withoutEmpty({ reason: clippedReason(Reason) })),
  };
  return [...readEndedJobs(EndedJobs), last];
}

/** Returns the jobs before the job of a state, read from the input of the state RunJob, JSON. */
export function jobsBefore(input: string | undefined): readonly EndedJob[] {
  try {
    return readEndedJobs(objectOf(objectOf(JSON.parse(input ?? '')).batch).ended_jobs);
  } catch {
    return [];
  }
}

/** Returns the jobs in words: `512 MiB (OutOfMemoryError: ...), 1024 MiB (...)`. */
export function describeJobs(jobs: readonly EndedJob[]): string {
  return jobs
    .map(({ jobId, memory, reason }) => {
      const what = memory === undefined ? `job ${jobId}` : `${memory} MiB`;
      return reason === undefined ? what : `${what} (${reason})`;
    })
    .join(', ');
}

/** Returns an empty list for a value without a readable list. */
function readEndedJobs(given: unknown): readonly EndedJob[] {
  return tryModel(endedJobsSchema, given).output ?? [];
}

/** @param resources overrides or a container, in PascalCase @returns MiB */
function memoryOf(resources: unknown): number | undefined {
  const { ResourceRequirements: all } = objectOf(resources);
  const found = Array.isArray(all) ? all.find((each) => objectOf(each).Type === 'MEMORY') : undefined;
  const memory = Number(objectOf(found).Value);
  return Number.isSafeInteger(memory) && memory > 0 ? memory : undefined;
}

function objectOf(value: unknown): Record<string, unknown> {
  return isJsonObject(value) ? value : {};
}
