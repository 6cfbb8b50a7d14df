/**
 * Runs the files of the state machines in this process, with aws-local-stepfunctions. Local services run the tasks.
 * Errors have the names and JSON causes of the AWS integrations.
 */
import { StateMachine } from 'aws-local-stepfunctions';
import { STATE_BYTES } from '../../src/aws-limits';
import { describeError } from '../../src/errors';
import type { RecordedEvent } from '../../src/history/events';
import type { StagingConcurrency } from '../../src/machines/concurrency';
import type { MachineFunction } from '../../src/machines/functions';
import { INTEGRATIONS } from '../../src/machines/integrations';
import type { DemandState, MachineName } from '../../src/machines/states';
import { type BatchServices, JobFailed, type SubmitJobParameters, submitJob } from '../batch/submit-job';
import type { MockedAnswer, MockPath } from '../mocks/mock-file';
import {
  executionArn,
  functionArn,
  loadDefinition,
  type PlacedState,
  placedStates,
  stateMachineArn,
  withFixedTimeouts,
} from './definitions';
import { type EngineEvent, toRecordedEvent } from './recorded-events';
import { Tasks } from './tasks';

/** The Lambda functions, by their names in `serverless.yml`. */
export type LocalFunctions = Readonly<
  Partial<Record<MachineFunction, (event: unknown, signal: AbortSignal) => Promise<unknown>>>
>;

export interface EngineServices {
  readonly functions: LocalFunctions;
  readonly batch: BatchServices;
  readonly onEvent: (event: RecordedEvent) => void;
  readonly signal: AbortSignal;
  /** Concurrency of a stage. Default: the defaults of a stage's configuration. */
  readonly staging?: StagingConcurrency;
  /** Mocked answers. A state with a mocked answer runs no task. */
  readonly mocks?: Pick<MockPath, 'next'>;
  /** Milliseconds before each retry. Default: the waits of the state machine. */
  readonly retryWaitMs?: number;
}

export type ExecutionOutcome =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED'; readonly error: string; readonly cause: string };

/** Functions that run even after the demand was cancelled. */
const CLEANUP_FUNCTIONS: ReadonlySet<string> = new Set([functionArn('removeDataPaths')]);
const DATA_SYNC: MachineName = 'data-sync';
const JOB_RETRY_WAIT: DemandState = 'WaitToRetryJob';
/** The engine does not end a wait when the demand is cancelled, so this wait is short. */
export const JOB_RETRY_WAIT_MS = 500;

// The engine requires Node 22. On Node 20 it lacks only this function.
Promise.withResolvers ??= <T>() => {
  let resolve!: PromiseWithResolvers<T>['resolve'];
  let reject!: PromiseWithResolvers<T>['reject'];
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
};

type JsonValue = Parameters<StateMachine['run']>[0];

/** An error of a task in the integration's form: a name for `Catch`, and a JSON document as the cause. */
class TaskError extends Error {
  constructor(
    override readonly name: string,
    cause: unknown,
  ) {
    super(typeof cause === 'string' ? cause : JSON.stringify(cause));
  }
}

/** Runs one execution to its end. Returns a failure as an outcome instead of an exception. */
export async function execute(
  machine: MachineName,
  name: string,
  input: unknown,
  services: EngineServices,
): Promise<ExecutionOutcome> {
  const definition = withFixedTimeouts(loadDefinition(machine, services.staging));
  const tasks = new Tasks(services.signal);
  const taskStates = placedStates(definition).filter(({ state }) => state.Type === 'Task');
  const handlers = taskStates.map(
    (placed) =>
      [placed.name, (given: unknown) => runTask(placed, given, { machine, tasks, services })] as const,
  );
  const { retryWaitMs } = services;
  const retryWaits = retryWaitMs === undefined ? [] : taskStates.map(({ name }) => [name, retryWaitMs]);
  const engine = new StateMachine(definition as never, { validationOptions: { noValidate: true } });
  const run = engine.run(input as JsonValue, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(handlers) as never,
      waitTimeOverrides: { [JOB_RETRY_WAIT]: JOB_RETRY_WAIT_MS },
      retryIntervalOverrides: Object.fromEntries(retryWaits),
    },
    context: {
      Execution: {
        Id: executionArn(machine, name),
        Name: name,
        StartTime: new Date(services.batch.now()).toISOString(),
      },
    } as never,
  });
  const recorded = record(run.eventLogs, machine, tasks, services);
  const outcome = await run.result.then(
    (output): ExecutionOutcome => ({ status: 'SUCCEEDED', output }),
    (error: unknown): ExecutionOutcome => {
      const { name: errorName, message } = describeError(
        error instanceof Error && error.cause ? error.cause : error,
      );
      return { status: 'FAILED', error: errorName, cause: message };
    },
  );
  await recorded;
  return outcome;
}

async function record(
  events: AsyncIterable<EngineEvent>,
  machine: MachineName,
  tasks: Tasks,
  services: EngineServices,
): Promise<void> {
  for await (const event of events) {
    if (event.type === 'StateFailed' && ['Map', 'Parallel'].includes(event.state.type))
      tasks.containerFailed(event.state.name);
    const translated = toRecordedEvent(event, machine, services.batch.now());
    if (translated !== undefined) services.onEvent(translated);
  }
}

interface TaskContext {
  readonly machine: MachineName;
  readonly tasks: Tasks;
  readonly services: EngineServices;
}

function runTask(
  placed: PlacedState,
  input: unknown,
  { machine, tasks, services }: TaskContext,
): Promise<unknown> {
  const resource = placed.state.Resource ?? '';
  const isCleanup =
    resource === INTEGRATIONS.lambda && CLEANUP_FUNCTIONS.has((input as LambdaParameters).FunctionName);
  return tasks.run(placed, isCleanup, async (signal) => {
    refuseTooMuch(placed, input);
    services.onEvent({
      timestamp: services.batch.now(),
      machine,
      type: 'TaskScheduled',
      state: placed.name,
      resource,
    });
    const mocked = services.mocks?.next(placed.name);
    if (mocked !== undefined) return answerMocked(mocked);
    const answer = await integrations(resource)(input, services, signal);
    refuseTooMuch(placed, answer);
    return answer;
  });
}

async function answerMocked(answer: MockedAnswer): Promise<unknown> {
  if ('Throw' in answer) throw new TaskError(answer.Throw.Error, answer.Throw.Cause);
  return answer.Return;
}

/**
 * Refuses a task's input or answer above the limit of a state, before a selector reduces it. In Step Functions no
 * `Catch` handles this error. In this engine a `Catch` does.
 */
function refuseTooMuch({ name }: PlacedState, value: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? '');
  if (bytes <= STATE_BYTES) return;
  const errorMessage = `the input or the answer of ${name} has ${bytes} bytes, and Step Functions accepts ${STATE_BYTES}`;
  throw new TaskError('States.DataLimitExceeded', { errorMessage });
}

type Integration = (input: unknown, services: EngineServices, signal: AbortSignal) => Promise<unknown>;

function integrations(resource: string): Integration {
  const known: Record<string, Integration> = {
    [INTEGRATIONS.lambda]: invokeFunction,
    [INTEGRATIONS.batch]: runJob,
    [INTEGRATIONS.execution]: startExecution,
  };
  const integration = known[resource];
  if (integration === undefined) throw new Error(`No local service answers ${resource}`);
  return integration;
}

interface LambdaParameters {
  readonly FunctionName: string;
  readonly Payload: unknown;
}

async function invokeFunction(
  input: unknown,
  { functions }: EngineServices,
  signal: AbortSignal,
): Promise<unknown> {
  const { FunctionName, Payload } = input as LambdaParameters;
  const isCalled = (name: string) => functionArn(name as MachineFunction) === FunctionName;
  const invoke = Object.entries(functions).find(([name]) => isCalled(name))?.[1];
  if (invoke === undefined) throw new Error(`There is no local function ${FunctionName}`);
  try {
    return { StatusCode: 200, Payload: throughJson(await invoke(throughJson(Payload), signal)) };
  } catch (error) {
    const { name, message } = describeError(signal.aborted ? signal.reason : error);
    throw new TaskError(name, { errorType: name, errorMessage: message });
  }
}

async function runJob(input: unknown, { batch }: EngineServices, signal: AbortSignal): Promise<unknown> {
  try {
    return await submitJob(input as SubmitJobParameters, batch, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    const { name, message } = describeError(signal.reason);
    throw new TaskError(
      name,
      error instanceof JobFailed ? { ...error.detail, StatusReason: message } : { errorMessage: message },
    );
  }
}

interface StartExecutionParameters {
  readonly StateMachineArn: string;
  readonly Name: string;
  readonly Input: unknown;
}

async function startExecution(
  input: unknown,
  services: EngineServices,
  signal: AbortSignal,
): Promise<unknown> {
  const { StateMachineArn, Name, Input } = input as StartExecutionParameters;
  if (StateMachineArn !== stateMachineArn(DATA_SYNC))
    throw new Error(`There is no local state machine ${StateMachineArn}`);
  const outcome = await execute(DATA_SYNC, Name, throughJson(Input), { ...services, signal });
  const description = { ExecutionArn: executionArn(DATA_SYNC, Name), Name, Status: outcome.status };
  if (outcome.status === 'SUCCEEDED') return { ...description, Output: outcome.output };
  throw new TaskError('States.TaskFailed', { ...description, Error: outcome.error, Cause: outcome.cause });
}

/** Drops values that JSON does not have, as a real call does. */
function throughJson(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}
