import * as v from 'valibot';
import { readField, readRequest, scaffoldingRequestSchema } from '../context/request';
import { inputSizeProblems } from '../demand/size';
import { describeProblem, type Problem } from '../errors';
import { demandSummary } from '../events/demand-summary';
import type { StatusBus, StatusEvent } from '../events/model';
import { executionName, MOST_ATTEMPTS } from '../events/names';
import { truncateEvent } from '../events/truncate';
import type { Executions } from '../history/executions';
import { canonicalJson } from '../wire/canonical';
import { isJsonObject, withoutEmpty } from '../wire/json';
import { integer, model, optional, readModel, requiredText, tryModel, writeModel } from '../wire/schema';
import { examine, type NormaliseWorld } from './normalise';

export interface IntakeWorld extends NormaliseWorld {
  readonly executions: Pick<Executions, 'start' | 'arnOf' | 'describe'>;
  readonly bus: StatusBus;
}

interface IntakeAnswer {
  readonly status: 'STARTED' | 'REFUSED';
  readonly execution_arn?: string;
}

interface DemandRefusal {
  readonly error?: string;
  readonly problems: readonly Problem[];
}

/** What nobody reads to its end; the problems are there one by one as well. */
const LONGEST_MESSAGE = 8_000;

const eventSchema = model({
  id: requiredText(),
  time: requiredText(),
  detail: v.custom<Record<string, unknown>>(isJsonObject, 'an object'),
});
const attemptSchema = model({ attempt: optional(v.pipe(integer(1), v.maxValue(MOST_ATTEMPTS))) });

type DemandEvent = v.InferOutput<typeof eventSchema>;

/**
 * A demand that came as an event: EventBridge's `{id, time, detail}` in, whose `detail` is a demand or a scaffolding
 * request with an `attempt` beside, or without; `{status: STARTED | REFUSED, execution_arn?}` out.
 *
 * An event may come more than once, and starts one execution: that is named after `execution_id`, or after the id of
 * the event where the demand has none. A demand that is refused is told on the bus. It is no error: to deliver it
 * again would not help.
 *
 * @throws DemandValidationError for what is no event at all, and whatever AWS fails with
 */
export async function intake(event: unknown, world: IntakeWorld): Promise<IntakeAnswer> {
  const given = readModel(eventSchema, event);
  const { attempt: _, ...detail } = given.detail;
  const document = withExecutionId(detail, given.id);
  const { attempt = 1, problems: mistakes } = readAttempt(given.detail);
  const { request, problems } = await examine(document, world);
  const input = canonicalJson(document);
  const all = [...problems, ...mistakes, ...inputSizeProblems(input)];
  if (request === undefined || all.length > 0) return refuse(given, document, { problems: all }, world);
  const { executionId } = request.demandExecution;
  const name = executionName(executionId, attempt);
  const arn = (await world.executions.start(name, input)) ?? (await sameDemand(name, document, world));
  if (arn === undefined) return refuse(given, document, taken(executionId, attempt), world);
  return { status: 'STARTED', execution_arn: arn };
}

/** The demand's own, or the event's: that stays the same when the event is delivered again. */
function withExecutionId(detail: Record<string, unknown>, eventId: string): Record<string, unknown> {
  const field = ['demandExecution', 'demand_execution'].find((name) => readField(detail, name) !== undefined);
  const demand = field === undefined ? detail : detail[field];
  if (!isJsonObject(demand) || (readField(demand, 'execution_id') ?? undefined) !== undefined) return detail;
  const { executionId: _, ...rest } = demand;
  const named = { ...rest, execution_id: eventId };
  return field === undefined ? named : { ...detail, [field]: named };
}

function readAttempt(detail: Record<string, unknown>) {
  const { output, problems } = tryModel(attemptSchema, detail);
  return { ...withoutEmpty({ attempt: output?.attempt }), problems };
}

/** The execution of that name, if it is of this demand, however that was spelled. */
async function sameDemand(name: string, document: unknown, { executions }: IntakeWorld) {
  const arn = executions.arnOf(name);
  const { input = 'null' } = await executions.describe(arn);
  return meaningOf(JSON.parse(input)) === meaningOf(document) ? arn : undefined;
}

function meaningOf(document: unknown): string {
  const { request } = readRequest(document);
  if (request === undefined) return canonicalJson(document);
  return canonicalJson(writeModel(scaffoldingRequestSchema, request));
}

function taken(executionId: string, attempt: number): DemandRefusal {
  const problem = {
    pointer: '/execution_id',
    message: `another demand has run, or runs, as attempt ${attempt} at "${executionId}"`,
    remedy: `Give this one an execution_id of its own; "attempt": ${attempt + 1} if it is the same work, mended`,
  };
  return { error: 'ExecutionAlreadyExists', problems: [problem] };
}

async function refuse(
  event: DemandEvent,
  document: Record<string, unknown>,
  { error = 'DemandValidationError', problems }: DemandRefusal,
  { bus }: IntakeWorld,
): Promise<IntakeAnswer> {
  const told: StatusEvent = {
    version: 1,
    id: `${event.id}/REFUSED`,
    status: 'REFUSED',
    sequence: 0,
    changed_at: event.time,
    request_event_id: event.id,
    ...demandSummary(document),
    failure: { error, message: problems.map(describeProblem).join('\n').slice(0, LONGEST_MESSAGE) },
    problems: [...problems],
  };
  await bus.put(truncateEvent(told));
  return { status: 'REFUSED' };
}
