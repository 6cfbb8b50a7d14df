/** Finds in the history of an ended demand execution what it may have left behind. */
import type { DemandState } from '../machines/states';
import type { EpochMs } from '../units';
import { withoutEmpty } from '../wire/json';
import { model, readModel, requiredText } from '../wire/schema';
import type { HistoryEvent } from './events';
import { type AskedExecution, ExecutionModel } from './execution';

export interface ExecutionLeftovers {
  /** The input of BuildContext, JSON. Undefined when the execution did not reach it, and so has made nothing. */
  readonly contextInput?: string;
  /** BuildContext succeeded: the working directory belonged to this execution. */
  readonly wasBuilt: boolean;
  /** The time until which called functions may go on; 0 when all have ended. */
  readonly callsOverAt: EpochMs;
  /** Ids that Batch gave. */
  readonly jobs: readonly string[];
  readonly askedJob?: AskedJob;
  /** The accepted jobs. Batch may have accepted one of them twice, before its answer reached the machine. */
  readonly acceptedJobs: readonly AcceptedJob[];
  /** ARNs of nested executions. */
  readonly children: readonly string[];
  readonly askedChildren: readonly AskedExecution[];
  /** `given up`: the machine has begun to remove everything. */
  readonly storing: 'not begun' | 'begun' | 'done' | 'given up';
}

/** A job that was asked for. Without an answer it is unknown whether the job exists. */
interface AskedJob {
  readonly name: string;
  readonly queue: string;
  /** A job of the same name that was made before belongs to another execution. */
  readonly askedAt: EpochMs;
  /** The execution entered the next state at this time, and asked no more. */
  readonly leftAt?: EpochMs;
}

/** A job that was asked for, and whose id Batch has answered. */
export interface AcceptedJob extends AskedJob {
  /** The time of the answer. */
  readonly leftAt: EpochMs;
}

const argsSchema = model({
  batch: model({ args: model({ jobName: requiredText(), jobQueueArn: requiredText() }) }),
});

/** An exit from a state tells nothing: an execution leaves a state also when the state catches an error. */
export const LANDMARKS = {
  building: 'BuildContext',
  built: 'PrepareBatchArgs',
  running: 'RunJob',
  storing: 'StoreOutputs',
  stored: 'RemoveData',
  givenUp: 'CleanUpAfterFailure',
} as const satisfies Record<string, DemandState>;

export async function findLeftovers(history: AsyncIterable<HistoryEvent>): Promise<ExecutionLeftovers> {
  const execution = new ExecutionModel();
  let contextInput: string | undefined;
  let askedJob: AskedJob | undefined;
  const acceptedJobs: AcceptedJob[] = [];
  for await (const event of history) {
    execution.see(event);
    if (event.type === 'TaskSubmitted' && event.jobId !== undefined) {
      if (askedJob !== undefined) acceptedJobs.push({ ...askedJob, leftAt: event.timestamp });
      askedJob = undefined;
    }
    if (event.type !== 'StateEntered') continue;
    if (event.state === LANDMARKS.building) contextInput = event.input;
    askedJob = event.state === LANDMARKS.running ? askedJobOf(event) : leave(askedJob, event.timestamp);
  }
  const { entered, jobIds: jobs, children, askedChildren, callsOverAt } = execution;
  return {
    ...withoutEmpty({ contextInput, askedJob }),
    callsOverAt,
    wasBuilt: entered.has(LANDMARKS.built),
    jobs,
    acceptedJobs,
    children,
    askedChildren,
    storing: storingOf(entered),
  };
}

function storingOf(entered: ReadonlySet<string>): ExecutionLeftovers['storing'] {
  if (entered.has(LANDMARKS.stored)) return 'done';
  if (entered.has(LANDMARKS.storing)) return 'begun';
  return entered.has(LANDMARKS.givenUp) ? 'given up' : 'not begun';
}

function leave(asked: AskedJob | undefined, leftAt: EpochMs): AskedJob | undefined {
  return asked && { leftAt, ...asked };
}

function askedJobOf({ input = '{}', timestamp: askedAt }: { input?: string; timestamp: EpochMs }): AskedJob {
  const { jobName: name, jobQueueArn: queue } = readModel(argsSchema, JSON.parse(input)).batch.args;
  return { name, queue, askedAt };
}
