/** What is told of a demand on the event bus: written by us, read by others, so it only ever grows. */
import * as v from 'valibot';
import { listOf, mapOf, text } from '../wire/schema';

/** Of the state machine's execution; REFUSED: there is none, nothing was started. */
export const STATUSES = ['REFUSED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** Of the events in and out; the rules in `resources/events.yml` have the same. */
export const REQUEST_SOURCE = 'demand-executions.requests';
export const REQUEST_DETAIL_TYPE = 'DemandExecution';
export const STATUS_SOURCE = 'demand-executions';
export const STATUS_DETAIL_TYPE = 'DemandExecution Status Change';

const maybeText = v.optional(v.string());
const maybeCount = v.optional(v.number());

const countsSchema = v.object({ files: v.number(), bytes: v.number() });

const failureSchema = v.object({
  /** A name of docs/errors.md, or one of AWS. */
  error: v.string(),
  message: v.string(),
  exit_code: maybeCount,
  job_id: maybeText,
  /** In the log group of the job. */
  log_stream: maybeText,
  /** The nested execution that failed. */
  execution_arn: maybeText,
});

const problemSchema = v.object({ pointer: v.string(), message: v.string(), remedy: v.string() });

export const statusEventSchema = v.object({
  version: v.literal(1),
  /** The same for the same change, however often it is told. */
  id: v.string(),
  status: v.picklist(STATUSES),
  /** Of two events of one execution the higher is the later. */
  sequence: v.number(),
  changed_at: v.string(),
  execution_id: maybeText,
  attempt: maybeCount,
  execution_arn: maybeText,
  state_machine_arn: maybeText,
  /** REFUSED: the id of the event that held the demand, as PutEvents answered it. */
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
  job: v.optional(v.object({ id: v.string(), name: maybeText })),
  failure: v.optional(failureSchema),
  problems: v.optional(v.array(problemSchema)),
  /** SUCCEEDED all the same: what could not be removed from the file system. */
  removal_failure: v.optional(failureSchema),
  links: v.optional(v.object({ execution: maybeText })),
  /** Fields that had to be cut or left out, as an event holds 256 KiB. */
  shortened: v.optional(v.array(v.string())),
});

export type Status = (typeof STATUSES)[number];
export type StatusEvent = v.InferOutput<typeof statusEventSchema>;
export type EventFailure = NonNullable<StatusEvent['failure']>;

/** Where status events go. */
export interface StatusBus {
  /** @throws when it was not taken */
  put(event: StatusEvent): Promise<void>;
}
