/** The faults of a task, and their injection into the functions and the jobs of the embedded engine. */
import { setImmediate } from 'node:timers/promises';
import type { JobRunner, RunnableJob } from '../../../local/batch/runner';
import { batchVariables } from '../../../local/batch/runner';
import type { LocalFunctions } from '../../../local/engine/engine';
import type { MockedAnswer } from '../../../local/mocks/mock-file';
import { DemandCancelled } from '../../../src/errors';

export const KINDS = [
  'throws',
  'is killed',
  'times out',
  'is throttled',
  'is stopped',
  'loses its answer',
] as const;
export type Kind = (typeof KINDS)[number];

export interface Fault {
  readonly kind: Kind;
  /** The state whose task has the fault. */
  readonly state: string;
  /** True: the first call alone has the fault. False: each call has it. */
  readonly once: boolean;
}

/** The part of a demand that decides which calls have its fault. */
export interface FaultyWay {
  /** A state that fails in each call, so that the demand gets to the state of the fault. */
  readonly failing?: string;
  /** True: only the nested executions of outputs have the fault, and the failing state. */
  readonly ofOutput?: boolean;
}

const ERRORS: Readonly<Record<Kind, string>> = {
  throws: 'ErrorOfTheTest',
  'is killed': 'Lambda.Unknown',
  'times out': 'Sandbox.Timedout',
  'is throttled': 'Lambda.TooManyRequestsException',
  'is stopped': 'DemandCancelled',
  'loses its answer': 'Lambda.ServiceException',
};

/** Throttling has another name for each service that a state calls. */
const THROTTLED: Readonly<Record<string, string>> = {
  RunJob: 'Batch.TooManyRequestsException',
  SyncInputAtScale: 'StepFunctions.ThrottlingException',
  SyncOutputAtScale: 'StepFunctions.ThrottlingException',
};

/** Faults that come from the environment of a task, before it begins. */
const BEFORE: ReadonlySet<Kind> = new Set(['throws', 'is throttled']);
/** Seconds of an attempt that is too short for its job. */
const SHORT_ATTEMPT_SECONDS = 0.2;
const STOP = new DemandCancelled('stopped by the test');

/** Returns the name that Step Functions reports for a fault. */
export function errorOf({ kind, state }: Fault): string {
  return (kind === 'is throttled' ? THROTTLED[state] : undefined) ?? ERRORS[kind];
}

/** Injects one fault. It counts the calls that had it. */
export class Injection {
  #calls = 0;

  constructor(
    private readonly fault: Fault,
    private readonly stop: AbortController,
    private readonly way: FaultyWay,
  ) {}

  get calls(): number {
    return this.#calls;
  }

  /** Returns the error of a state before its task, as a mocked answer. */
  next(state: string): MockedAnswer | undefined {
    const { kind } = this.fault;
    if (state.endsWith('AtScale') && kind === 'is stopped' && this.#isHit(state)) this.stop.abort(STOP);
    // The payload of a function tells its execution, so the fault waits for it.
    if (this.way.ofOutput || !BEFORE.has(kind) || !this.#isHit(state)) return undefined;
    return {
      Throw: { Error: errorOf(this.fault), Cause: JSON.stringify({ errorMessage: `${state} ${kind}` }) },
    };
  }

  functions(real: LocalFunctions): LocalFunctions {
    const wrapped = Object.entries(real).map(([name, call]) => [
      name,
      (event: unknown, signal: AbortSignal) => this.#call(event, signal, call),
    ]);
    return Object.fromEntries(wrapped);
  }

  runner(real: JobRunner): JobRunner {
    return {
      run: async (job, onLine, signal) => {
        const { kind } = this.fault;
        if (BEFORE.has(kind) || !this.#isHit('RunJob')) return real.run(job, onLine, signal);
        // The machine submits the job once more, and knows only the second one.
        if (kind === 'loses its answer') await real.run(withId(job, 'lost'), onLine, signal);
        return real.run(job, onLine, signal);
      },
    };
  }

  /** Is called when the process of a job runs. */
  jobStarted(): void {
    const { state, kind } = this.fault;
    if (state === 'RunJob' && kind === 'is stopped') this.stop.abort(STOP);
  }

  async #call(
    event: unknown,
    signal: AbortSignal,
    call: (event: unknown, signal: AbortSignal) => Promise<unknown>,
  ): Promise<unknown> {
    const { kind } = this.fault;
    const { state, isOfOutput } = placeOf(event);
    if (this.way.ofOutput && !isOfOutput) return this.#withShortAttempt(state, await call(event, signal));
    if (state === this.way.failing) throw named('ErrorBeforeTheFault', state);
    if (!this.#isHit(state)) return this.#withShortAttempt(state, await call(event, signal));
    if (kind === 'is stopped') {
      this.stop.abort(STOP);
      return call(event, signal);
    }
    if (kind === 'loses its answer') await call(event, signal);
    else if (!BEFORE.has(kind)) await cutOff(event, signal, call);
    throw named(ERRORS[kind], `the function ${kind}`);
  }

  /** Gives the job so little time that it ends at its time-out. */
  #withShortAttempt(state: string, answer: unknown): unknown {
    const { state: faulty, kind } = this.fault;
    if (state !== 'PrepareBatchArgs' || faulty !== 'RunJob' || kind !== 'times out') return answer;
    const { time_out, ...rest } = answer as { readonly time_out: object };
    return { ...rest, time_out: { ...time_out, attempt_duration_seconds: SHORT_ATTEMPT_SECONDS } };
  }

  #isHit(state: string): boolean {
    if (state !== this.fault.state || (this.fault.once && this.#calls > 0)) return false;
    this.#calls++;
    return true;
  }
}

function withId(job: RunnableJob, jobId: string): RunnableJob {
  return { ...job, jobId, environment: { ...job.environment, ...batchVariables(jobId, 1) } };
}

/** Ends a call in its middle. The call has ended before the next one begins, as with a killed process. */
async function cutOff(
  event: unknown,
  signal: AbortSignal,
  call: (event: unknown, signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const killed = new AbortController();
  const running = call(event, AbortSignal.any([signal, killed.signal]));
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  killed.abort(new Error('killed'));
  await Promise.allSettled([running]);
}

function placeOf(event: unknown): { readonly state: string; readonly isOfOutput: boolean } {
  const { logged_as: place } = event as { logged_as?: { state?: string; execution?: string } };
  return { state: place?.state ?? '', isOfOutput: place?.execution?.includes('-output-') === true };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
