/** The faults of a task, and their injection into the functions and the jobs of the embedded engine. */
import { setImmediate } from 'node:timers/promises';
import type { JobRunner } from '../../../local/batch/runner';
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
    private readonly failing: string | undefined,
  ) {}

  get calls(): number {
    return this.#calls;
  }

  /** Returns the error of a state before its task, as a mocked answer. */
  next(state: string): MockedAnswer | undefined {
    const { kind } = this.fault;
    if (state === this.failing) return thrown('ErrorBeforeTheFault', state);
    if (!['throws', 'is throttled'].includes(kind) || !this.#isHit(state)) return undefined;
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
        if (this.#isHit('RunJob')) this.stop.abort(new DemandCancelled('stopped by the test'));
        return real.run(job, onLine, signal);
      },
    };
  }

  async #call(
    event: unknown,
    signal: AbortSignal,
    call: (event: unknown, signal: AbortSignal) => Promise<unknown>,
  ): Promise<unknown> {
    const { kind } = this.fault;
    if (!this.#isHit(stateOf(event))) return call(event, signal);
    if (kind === 'is stopped') {
      this.stop.abort(new DemandCancelled('stopped by the test'));
      return call(event, signal);
    }
    if (kind === 'loses its answer') await call(event, signal);
    else await cutOff(event, signal, call);
    throw named(ERRORS[kind], `the function ${kind}`);
  }

  #isHit(state: string): boolean {
    if (state !== this.fault.state || (this.fault.once && this.#calls > 0)) return false;
    this.#calls++;
    return true;
  }
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

function stateOf(event: unknown): string {
  return (event as { logged_as?: { state?: string } }).logged_as?.state ?? '';
}

function thrown(name: string, errorMessage: string): MockedAnswer {
  return { Throw: { Error: name, Cause: JSON.stringify({ errorMessage }) } };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
