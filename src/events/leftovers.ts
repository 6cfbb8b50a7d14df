/** What an execution that has ended may have left behind, read off its history. */
import type { DemandState } from '../machines/states';
import { model, readModel, requiredText } from '../wire/schema';
import { Calls } from './calls';
import type { ExecutionEvent } from './executions';

export interface Remains {
  /** The input of BuildContext, JSON; undefined when the execution never came so far, and so has made nothing. */
  readonly contextInput?: string;
  /** BuildContext was done: the working directory belonged to this execution. */
  readonly wasBuilt: boolean;
  /** Milliseconds since 1970 until which functions that were called may go on; 0 when all have ended. */
  readonly callsOverAt: number;
  /** Ids that Batch gave. */
  readonly jobs: readonly string[];
  /** One that Batch may have taken without its id having come back. */
  readonly askedJob?: AskedJob;
  /** ARNs of nested executions. */
  readonly children: readonly string[];
  /** Those that may have begun without their ARN having come back. */
  readonly askedChildren: readonly AskedExecution[];
  /** Given up: the machine has begun to remove everything. */
  readonly storing: 'not begun' | 'begun' | 'done' | 'given up';
}

interface AskedJob {
  readonly name: string;
  readonly queue: string;
  /** Milliseconds since 1970: no job of that name is this one that was made before. */
  readonly askedAt: number;
  /** Another state was entered, so that nobody asks any more. */
  readonly leftAt?: number;
}

export interface AskedExecution {
  /** Its ARN, if it has begun. */
  readonly execution: string;
  /** Milliseconds since 1970. */
  readonly askedAt: number;
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

export async function findRemains(history: AsyncIterable<ExecutionEvent>): Promise<Remains> {
  const entered = new Set<string>();
  const jobs: string[] = [];
  const children: string[] = [];
  const askedChildren = new Map<string, number>();
  const calls = new Calls();
  let contextInput: string | undefined;
  let askedJob: AskedJob | undefined;
  for await (const event of history) {
    calls.see(event);
    if (event.type === 'entered') {
      entered.add(event.state);
      if (event.state === LANDMARKS.building) contextInput = event.input;
      askedJob = event.state === LANDMARKS.running ? askedJobOf(event) : leave(askedJob, event.at);
    }
    if (event.type === 'starting') askedChildren.set(event.execution, event.at);
    if (event.type !== 'submitted') continue;
    const { JobId: job, ExecutionArn: child } = JSON.parse(event.output) as Record<string, unknown>;
    if (typeof job === 'string') {
      jobs.push(job);
      askedJob = undefined;
    }
    if (typeof child === 'string') {
      children.push(child);
      askedChildren.delete(child);
    }
  }
  return {
    ...(contextInput !== undefined && { contextInput }),
    ...(askedJob !== undefined && { askedJob }),
    callsOverAt: calls.overAt,
    wasBuilt: entered.has(LANDMARKS.built),
    jobs,
    children,
    askedChildren: [...askedChildren].map(([execution, askedAt]) => ({ execution, askedAt })),
    storing: storingOf(entered),
  };
}

function storingOf(entered: ReadonlySet<string>): Remains['storing'] {
  if (entered.has(LANDMARKS.stored)) return 'done';
  if (entered.has(LANDMARKS.storing)) return 'begun';
  return entered.has(LANDMARKS.givenUp) ? 'given up' : 'not begun';
}

function leave(asked: AskedJob | undefined, leftAt: number | undefined): AskedJob | undefined {
  return asked && leftAt !== undefined ? { leftAt, ...asked } : asked;
}

function askedJobOf({ input, at }: Extract<ExecutionEvent, { type: 'entered' }>): AskedJob | undefined {
  if (at === undefined) return undefined;
  const { jobName: name, jobQueueArn: queue } = readModel(argsSchema, JSON.parse(input)).batch.args;
  return { name, queue, askedAt: at };
}
