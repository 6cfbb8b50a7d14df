/**
 * Translates the answers of GetExecutionHistory into events of src/history.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
import type { HistoryEvent as AwsEvent, TaskScheduledEventDetails } from '@aws-sdk/client-sfn';
import { FUNCTION_SECONDS } from '../../aws-limits';
import { executionArnOf } from '../../history/arns';
import type { EventOrigin, FunctionCall, HistoryEvent } from '../../history/events';
import { isJsonObject, withoutEmpty } from '../../wire/json';

/** Step Functions has lost its connection to Lambda, or got a 500 from Lambda. The function may still run. */
const FATE_UNKNOWN: ReadonlySet<string> = new Set([
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
]);
const FAILURES =
  /^(?:MapStateFailed|Task(?:Failed|TimedOut|StartFailed|SubmitFailed)|LambdaFunction(?:Failed|TimedOut))$/;

/** The state that an event belongs to. An event inherits it from the event before, unless it names a state. */
interface EventPlace {
  readonly state?: string;
  readonly map?: string;
  readonly index?: number;
  /** Id of the function call that the task makes. */
  readonly callId?: number;
}

type StatePlace = EventPlace & { readonly state: string };

/** Reads one execution's events, in their order and each once, in pieces of any size. */
export class AwsHistory {
  /** Id of the last event; 0 before the first. */
  lastId = 0;
  readonly #places = new Map<number, EventPlace>();
  /** Errors by place: a Map fails with the error of a state in it, and a task that is scheduled again is a retry. */
  readonly #errors = new Map<string, string>();

  /** @param machine the machine's name in each event */
  constructor(private readonly machine: string) {}

  translate(events: readonly AwsEvent[]): HistoryEvent[] {
    return events.flatMap((event) => this.#translate(event));
  }

  #translate(event: AwsEvent): HistoryEvent[] {
    const { id = 0, previousEventId = 0, timestamp } = event;
    const place = placeOf(event, this.#places.get(previousEventId) ?? {});
    this.#places.set(id, place);
    this.lastId = Math.max(this.lastId, id);
    const origin = { timestamp: timestamp?.getTime() ?? 0, machine: this.machine };
    const { state, callId, ...around } = place;
    return event.type?.startsWith('Execution')
      ? ofExecution(event, origin)
      : state === undefined
        ? []
        : this.#ofState(event, { ...around, state, ...withoutEmpty({ callId }) }, origin);
  }

  #ofState(event: AwsEvent, inState: StatePlace, origin: EventOrigin): HistoryEvent[] {
    const type: string = event.type ?? '';
    const { callId, ...place } = inState;
    const at = { ...origin, ...place };
    if (type.endsWith('StateEntered')) return this.#entered(event, at);
    if (type.endsWith('StateExited')) return [{ ...at, type: 'StateExited', ...outputOf(event) }];
    if (type === 'TaskScheduled') return this.#scheduled(event, at);
    if (type === 'TaskSubmitted') return [{ ...at, type: 'TaskSubmitted', ...submissionOf(event) }];
    const ended = endOfTask(event, callId);
    return [
      ...(ended === undefined ? [] : [{ ...at, type: 'TaskEnded' as const, ...ended }]),
      ...(FAILURES.test(type) ? [this.#failed(event, at)] : []),
    ];
  }

  #entered({ stateEnteredEventDetails: details }: AwsEvent, at: At): HistoryEvent[] {
    this.#errors.delete(keyOf(at));
    const { input } = details ?? {};
    return [{ ...at, type: 'StateEntered', ...withoutEmpty({ input }) }];
  }

  #scheduled({ id = 0, taskScheduledEventDetails: details }: AwsEvent, at: At): HistoryEvent[] {
    const scheduled: HistoryEvent = { ...at, type: 'TaskScheduled', ...taskOf(id, at.timestamp, details) };
    return this.#errors.delete(keyOf(at)) ? [{ ...at, type: 'StateRetried' }, scheduled] : [scheduled];
  }

  #failed(event: AwsEvent, at: At): HistoryEvent {
    const { error = this.#errorIn(at.state) ?? defaultErrorOf(event), cause } = errorAndCauseOf(event);
    this.#errors.set(keyOf(at), error);
    return { ...at, type: 'StateFailed', error, ...withoutEmpty({ cause }) };
  }

  #errorIn(map: string): string | undefined {
    return [...this.#errors].findLast(([key]) => key.startsWith(`${map}\n`))?.[1];
  }
}

type At = EventOrigin & Omit<StatePlace, 'callId'>;

function ofExecution(event: AwsEvent, origin: EventOrigin): HistoryEvent[] {
  switch (event.type) {
    case 'ExecutionStarted':
    case 'ExecutionSucceeded':
    case 'ExecutionRedriven':
      return [{ ...origin, type: event.type }];
    case 'ExecutionFailed':
    case 'ExecutionTimedOut':
    case 'ExecutionAborted': {
      const { error, cause } = errorAndCauseOf(event);
      const told = withoutEmpty({ error, cause });
      return [{ ...origin, type: event.type, ...told }];
    }
    default:
      return [];
  }
}

function placeOf(event: AwsEvent, before: EventPlace): EventPlace {
  const { mapIterationStartedEventDetails: iteration, taskScheduledEventDetails: scheduled } = event;
  const type: string = event.type ?? '';
  const named = event.stateEnteredEventDetails?.name ?? event.stateExitedEventDetails?.name;
  if (iteration !== undefined) {
    const { name: map = '', index = 0 } = iteration;
    return { state: map, map, index };
  }
  // The events of a Map as a whole follow on an event of one of its iterations.
  if (type.startsWith('MapState') && type !== 'MapStateEntered')
    return outside(before, named ?? before.map ?? before.state);
  if (named !== undefined) return around(before, named);
  if (scheduled === undefined) return before;
  const { callId: _, ...rest } = before;
  return scheduled.resourceType === 'lambda' ? { ...rest, callId: event.id ?? 0 } : rest;
}

function around({ map, index }: EventPlace, state: string): EventPlace {
  return { state, ...withoutEmpty({ map, index }) };
}

function outside(before: EventPlace, state: string | undefined): EventPlace {
  if (state === undefined) return {};
  return before.map === state ? { state } : around(before, state);
}

function keyOf({ map, index, state = '' }: EventPlace): string {
  return map === undefined ? state : `${map}\n${index}\n${state}`;
}

function outputOf({ stateExitedEventDetails: details }: AwsEvent): { output?: string } {
  return withoutEmpty({ output: details?.output });
}

function taskOf(id: number, at: number, details: TaskScheduledEventDetails | undefined) {
  const { resourceType = '', resource = '', timeoutInSeconds = FUNCTION_SECONDS, parameters } = details ?? {};
  const call: FunctionCall = { id, overAt: at + timeoutInSeconds * 1_000 };
  // An execution that gets no name here has a name that only Step Functions knows.
  const { StateMachineArn: machine, Name: name } = resourceType === 'states' ? parse(parameters) : {};
  const isNamed = typeof machine === 'string' && typeof name === 'string';
  return {
    resource: `arn:aws:states:::${resourceType}:${resource}`,
    ...(resourceType === 'lambda' && { call }),
    ...(isNamed && { execution: executionArnOf(machine, name) }),
  };
}

function submissionOf({ taskSubmittedEventDetails: details }: AwsEvent) {
  const { JobId: jobId, ExecutionArn: execution } = parse(details?.output);
  return {
    ...(typeof jobId === 'string' && { jobId }),
    ...(typeof execution === 'string' && { execution }),
  };
}

/** A time-out of the task does not end its call. The function has its own time-out, which ends the call soon. */
function endOfTask(event: AwsEvent, callId: number | undefined) {
  const { taskSucceededEventDetails: succeeded, taskFailedEventDetails: failed } = event;
  if (succeeded === undefined && failed === undefined && event.taskStartFailedEventDetails === undefined)
    return undefined;
  const job = parse(succeeded?.output ?? failed?.cause);
  const hasEnded = failed === undefined || !FATE_UNKNOWN.has(failed.error ?? '');
  return {
    ...(hasEnded && withoutEmpty({ callId })),
    ...(typeof job.JobId === 'string' && { job }),
  };
}

function errorAndCauseOf(event: AwsEvent): { error?: string | undefined; cause?: string | undefined } {
  return (
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.taskStartFailedEventDetails ??
    event.taskSubmitFailedEventDetails ??
    event.lambdaFunctionFailedEventDetails ??
    event.executionFailedEventDetails ??
    event.executionAbortedEventDetails ??
    event.executionTimedOutEventDetails ??
    {}
  );
}

function defaultErrorOf({ type }: AwsEvent): string {
  return type?.endsWith('TimedOut') ? 'States.Timeout' : 'States.TaskFailed';
}

/** Returns an empty object for invalid JSON: Step Functions truncates long texts. */
function parse(json: string | undefined): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(json ?? '');
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
