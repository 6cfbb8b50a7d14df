import * as v from 'valibot';
import { readField, readRequest, scaffoldingRequestSchema } from '../context/request';
import { inputSizeProblems } from '../demand/size';
import { describeError, describeProblems, type Problem } from '../errors';
import { refusedSummary } from '../events/demand-summary';
import type { StatusBus, StatusEvent } from '../events/model';
import { executionName, MOST_ATTEMPTS } from '../events/names';
import { truncateEvent } from '../events/truncate';
import type { Executions } from '../history/executions';
import { visible } from '../visible';
import { canonicalJson } from '../wire/canonical';
import { isJsonObject, withoutEmpty } from '../wire/json';
import { shorten } from '../wire/problems';
import { integer, model, optional, readModel, requiredText, tryModel, writeModel } from '../wire/schema';
import { examine, type NormaliseWorld } from './normalise';

export interface IntakeWorld extends NormaliseWorld {
  readonly executions: Pick<Executions, 'start' | 'arnOf' | 'describe'>;
  readonly bus: StatusBus;
  /** Tells whether the same call may succeed later, such as after a throttled request. */
  readonly isTransient: (error: unknown) => boolean;
}

interface IntakeAnswer {
  readonly status: 'STARTED' | 'REFUSED';
  readonly execution_arn?: string;
}

interface Started extends IntakeAnswer {
  readonly execution_arn: string;
}

interface DemandRefusal {
  readonly error?: string;
  readonly problems: readonly Problem[];
}

/** Most characters of a message. The event also lists each problem. */
const MESSAGE_CHARACTERS = 8_000;
/** Problems of an event. Its failure counts the others. */
const MOST_PROBLEMS = 1_000;
/** Characters of a pointer, and of a message about a value or another error. */
const SHOWN_MESSAGE = 1_000;

const eventSchema = model({ id: requiredText(), time: requiredText() });
const attemptSchema = model({ attempt: optional(v.pipe(integer(1), v.maxValue(MOST_ATTEMPTS))) });

type EventPlace = v.InferOutput<typeof eventSchema>;

const NO_DETAIL: Problem = {
  pointer: '',
  message: 'expected an object with a demand, got something else',
  remedy: 'Give a demand or a scaffolding request as the detail of the event',
};

/**
 * Starts the execution of a demand that comes as an event. The detail of the event is a demand or a scaffolding
 * request, with an optional field `attempt`.
 *
 * A repeated event starts no second execution: the name of the execution contains the `execution_id`, or the id of the
 * event when the demand has no id. A refused demand is a status event on the bus and no error, because a second
 * delivery would not help. So is every other error that is not transient: an event never becomes a dead event without a
 * status event.
 *
 * @param event `{id, time, detail}` of EventBridge
 * @returns `{status: STARTED | REFUSED, execution_arn?}`
 * @throws DemandValidationError for a value without the id and the time of an event, which EventBridge does not send
 * @throws transient errors of AWS, and the errors of the bus; Lambda delivers the event again
 */
export async function intake(event: unknown, world: IntakeWorld): Promise<IntakeAnswer> {
  const { id, time, detail } = isJsonObject(event) ? event : {};
  const place = readModel(eventSchema, { id, time });
  if (!isJsonObject(detail)) return refuse(place, {}, { problems: [NO_DETAIL] }, world);
  const { attempt: _, ...rest } = detail;
  const document = withExecutionId(rest, place.id);
  const outcome = await startOrRefuse(detail, document, world).catch((error: unknown) => {
    if (world.isTransient(error)) throw error;
    return failed(error);
  });
  if ('execution_arn' in outcome) return outcome;
  return refuse(place, document, outcome, world);
}

async function startOrRefuse(
  detail: Record<string, unknown>,
  document: Record<string, unknown>,
  world: IntakeWorld,
): Promise<Started | DemandRefusal> {
  const tooLarge = inputSizeProblems(document);
  if (tooLarge.length > 0) return { problems: tooLarge };
  const { attempt = 1, problems: attemptProblems } = readAttempt(detail);
  const { request, problems } = await examine(document, world);
  const all = [...problems, ...attemptProblems];
  if (request === undefined || all.length > 0) return { problems: all };
  const { executionId } = request.demandExecution;
  const name = executionName(executionId, attempt);
  const input = canonicalJson(document);
  const arn = (await world.executions.start(name, input)) ?? (await findSameDemand(name, document, world));
  return arn === undefined ? nameInUse(executionId, attempt) : { status: 'STARTED', execution_arn: arn };
}

/** The refusal of a demand that was read, and that Step Functions or this function could not handle. */
function failed(error: unknown): DemandRefusal {
  const { name, message } = describeError(error);
  const problem = {
    pointer: '',
    message: `the execution could not be started (${name}: ${shorten(message, SHOWN_MESSAGE)})`,
    remedy: 'Correct the demand if the message names a part of it, or ask the operator of the stage',
  };
  return { error: name, problems: [problem] };
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

function readAttempt({ attempt }: Record<string, unknown>) {
  const { output, problems } = tryModel(attemptSchema, { attempt });
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

function printable({ pointer, message, remedy }: Problem): Problem {
  const shown = (text: string) => shorten(visible(text), SHOWN_MESSAGE);
  return { pointer: shown(pointer), message: shown(message), remedy: shown(remedy) };
}

async function refuse(
  event: EventPlace,
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
    ...refusedSummary(document),
    failure: { error, message: describeProblems(problems, MESSAGE_CHARACTERS) },
    problems: problems.slice(0, MOST_PROBLEMS).map(printable),
  };
  await bus.put(truncateEvent(refusal));
  return { status: 'REFUSED' };
}
