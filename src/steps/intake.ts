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

/** Most characters of a message. The event also lists each problem. */
const MESSAGE_CHARACTERS = 8_000;

const eventSchema = model({
  id: requiredText(),
  time: requiredText(),
  detail: v.custom<Record<string, unknown>>(isJsonObject, 'an object'),
});
const attemptSchema = model({ attempt: optional(v.pipe(integer(1), v.maxValue(MOST_ATTEMPTS))) });

type DemandEvent = v.InferOutput<typeof eventSchema>;

/**
 * Starts the execution of a demand that comes as an event. The detail of the event is a demand or a scaffolding
 * request, with an optional field `attempt`.
 *
 * A repeated event starts no second execution: the name of the execution contains the `execution_id`, or the id of the
 * event when the demand has no id. A refused demand is a status event on the bus and no error, because a second
 * delivery would not help.
 *
 * @param event `{id, time, detail}` of EventBridge
 * @returns `{status: STARTED | REFUSED, execution_arn?}`
 * @throws DemandValidationError for a value that is not such an event
 * @throws the errors of AWS
 */
export async function intake(event: unknown, world: IntakeWorld): Promise<IntakeAnswer> {
  const given = readModel(eventSchema, event);
  const { attempt: _, ...detail } = given.detail;
  const document = withExecutionId(detail, given.id);
  const { attempt = 1, problems: attemptProblems } = readAttempt(given.detail);
  const { request, problems } = await examine(document, world);
  const input = canonicalJson(document);
  const all = [...problems, ...attemptProblems, ...inputSizeProblems(input)];
  if (request === undefined || all.length > 0) return refuse(given, document, { problems: all }, world);
  const { executionId } = request.demandExecution;
  const name = executionName(executionId, attempt);
  const arn = (await world.executions.start(name, input)) ?? (await findSameDemand(name, document, world));
  if (arn === undefined) return refuse(given, document, nameInUse(executionId, attempt), world);
  return { status: 'STARTED', execution_arn: arn };
}

/** Adds the id of the event to a demand without an id. A second delivery of the event has the same id. */
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

/** Returns the ARN of the execution with this name, if its demand is the same; spelling and order do not matter. */
async function findSameDemand(name: string, document: unknown, { executions }: IntakeWorld) {
  const arn = executions.arnOf(name);
  const { input = 'null' } = await executions.describe(arn);
  return canonicalDemand(JSON.parse(input)) === canonicalDemand(document) ? arn : undefined;
}

function canonicalDemand(document: unknown): string {
  const { request } = readRequest(document);
  if (request === undefined) return canonicalJson(document);
  return canonicalJson(writeModel(scaffoldingRequestSchema, request));
}

function nameInUse(executionId: string, attempt: number): DemandRefusal {
  const problem = {
    pointer: '/execution_id',
    message: `attempt ${attempt} of "${executionId}" is another demand, which runs or has run`,
    remedy: `Give this demand another execution_id. A corrected demand may keep it with "attempt": ${attempt + 1}`,
  };
  return { error: 'ExecutionAlreadyExists', problems: [problem] };
}

async function refuse(
  event: DemandEvent,
  document: Record<string, unknown>,
  { error = 'DemandValidationError', problems }: DemandRefusal,
  { bus }: IntakeWorld,
): Promise<IntakeAnswer> {
  const refusal: StatusEvent = {
    version: 1,
    id: `${event.id}/REFUSED`,
    status: 'REFUSED',
    sequence: 0,
    changed_at: event.time,
    request_event_id: event.id,
    ...demandSummary(document),
    failure: { error, message: problems.map(describeProblem).join('\n').slice(0, MESSAGE_CHARACTERS) },
    problems: [...problems],
  };
  await bus.put(truncateEvent(refusal));
  return { status: 'REFUSED' };
}
