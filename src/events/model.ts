/** The status event of a demand on the event bus. Others read it, so fields are added and never removed. */
import * as v from 'valibot';
import { listOf, mapOf, text } from '../wire/schema';

/** Statuses of the state machine's execution. REFUSED: no execution was started. */
export const STATUSES = ['REFUSED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** Sources and detail types of the events in and out. The rules in `resources/events.yml` have the same. */
export const REQUEST_SOURCE = 'demand-executions.requests';
export const REQUEST_DETAIL_TYPE = 'DemandExecution';
export const STATUS_SOURCE = 'demand-executions';
export const STATUS_DETAIL_TYPE = 'DemandExecution Status Change';

const maybeText = v.optional(v.string());
const maybeCount = v.optional(v.number());

const countsSchema = v.object({ files: v.number(), bytes: v.number() });

/** A job of an execution, as {@link EndedJob}. */
const jobAttemptSchema = v.object({
  job_id: v.string(),
  /** MiB. */
  memory: maybeCount,
  exit_code: maybeCount,
  reason: maybeText,
  /** The rule of docs/retries.md by which another job followed. */
  rule: maybeText,
});

const failureSchema = v.object({
  /** A name of docs/errors.md, or an AWS error name. */
  error: v.string(),
  message: v.string(),
  exit_code: maybeCount,
  job_id: maybeText,
  /** A stream in the log group of the job. */
  log_stream: maybeText,
  /** All jobs of the execution, the failed one last, when it has retried a job. */
  jobs: v.optional(v.array(jobAttemptSchema)),
  /** ARN of the nested execution that failed. */
  execution_arn: maybeText,
});

const problemSchema = v.object({ pointer: v.string(), message: v.string(), remedy: v.string() });

export const statusEventSchema = v.object({
  version: v.literal(1),
  /** Repeated events about the same change have the same id. */
  id: v.string(),
  status: v.picklist(STATUSES),
  /** Orders the events of one execution: a later event has a higher number. */
  sequence: v.number(),
  changed_at: v.string(),
  execution_id: maybeText,
  attempt: maybeCount,
  execution_arn: maybeText,
  state_machine_arn: maybeText,
  /** REFUSED: the id of the event with the demand, as PutEvents has answered it. */
  request_event_id: maybeText,
  execution_type: maybeText,
  user: maybeText,
  tags: v.optional(mapOf(text())),
  notify_on: v.optional(mapOf(v.boolean())),
  notify_list: v.optional(listOf(text())),
  started_at: maybeText,
  stopped_at: maybeText,
  duration_ms: maybeCount,
  outputs: v.optional(
    v.array(v.object({ name: v.string(), uri: v.string(), files: maybeCount, bytes: maybeCount })),
  ),
  transferred: v.optional(v.object({ inputs: v.optional(countsSchema), outputs: v.optional(countsSchema) })),
  /** `jobs`: all jobs of the execution, this one last, when it has retried a job. */
  job: v.optional(v.object({ id: v.string(), name: maybeText, jobs: v.optional(v.array(jobAttemptSchema)) })),
  /** RUNNING: the job waits for a host. */
  waiting: v.optional(
    v.object({
      job_id: v.string(),
      since: v.string(),
      /** Batch's status reason. Absent while Batch knows no obstacle. */
      reason: maybeText,
      /** The meaning of the reason, and the next step. */
      message: maybeText,
    }),
  ),
  failure: v.optional(failureSchema),
  problems: v.optional(v.array(problemSchema)),
  /** JSON pointers of fields of the demand that nothing reads. */
  ignored_fields: v.optional(v.array(v.string())),
  /** SUCCEEDED: why something could not be removed from the file system. */
  removal_failure: v.optional(failureSchema),
  links: v.optional(v.object({ execution: maybeText })),
  /** Names of the fields that were cut or left out, as an event holds 256 KiB. */
  shortened: v.optional(v.array(v.string())),
});

export type Status = (typeof STATUSES)[number];
export type StatusEvent = v.InferOutput<typeof statusEventSchema>;
export type EventFailure = NonNullable<StatusEvent['failure']>;

/** The event bus of the status events, as a port. */
export interface StatusBus {
  /** @throws Error when the bus did not accept the event */
  put(event: StatusEvent): Promise<void>;
}
