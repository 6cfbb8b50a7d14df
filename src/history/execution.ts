/** The model of an execution: everything that its history tells, read event by event. */
import { type EndedJob, jobsBefore } from '../batch/retries/ended-jobs';
import type { DemandState } from '../machines/states';
import type { EpochMs } from '../units';
import { withoutEmpty } from '../wire/json';
import { OpenCalls } from './calls';
import { Counter, type ExecutionCounts } from './counts';
import { type EndStatus, type HistoryEvent, statusAfter } from './events';
import { type OpenState, OpenStates } from './open-states';
import { PhaseClock, type PhaseTimes } from './phases';
import { type DoneTransfer, doneTransfer } from './transfers';

const RUN_JOB: DemandState = 'RunJob';

export interface ExecutionEnd {
  readonly status: EndStatus;
  readonly at: EpochMs;
  readonly error?: string;
  readonly cause?: string;
}

/** A nested execution that was asked for. Without an answer it is unknown whether the execution exists. */
export interface AskedExecution {
  readonly execution: string;
  readonly askedAt: EpochMs;
}

/** Events come in their order, each once. The first event's machine is the execution's; all others are nested. */
export class ExecutionModel {
  /** Undefined before the first event. */
  startedAt: EpochMs | undefined;
  /** Undefined while the execution runs. */
  end: ExecutionEnd | undefined;
  /** Names of the states that were entered. */
  readonly entered = new Set<string>();
  /** Ids of the jobs that Batch has accepted. */
  readonly jobIds: string[] = [];
  /** The failed jobs before the last one, where the history has the inputs of states. */
  retriedJobs: readonly EndedJob[] = [];
  /** The last job at its end, in PascalCase. */
  endedJob: Readonly<Record<string, unknown>> | undefined;
  /** ARNs of the nested executions. */
  readonly children: string[] = [];
  readonly transfers: DoneTransfer[] = [];
  readonly #asked = new Map<string, EpochMs>();
  readonly #calls = new OpenCalls();
  readonly #open = new OpenStates();
  readonly #phases = new PhaseClock();
  readonly #counter = new Counter();
  #machine: string | undefined;

  see(event: HistoryEvent): void {
    this.startedAt ??= event.timestamp;
    this.#machine ??= event.machine;
    this.#counter.see(event);
    if (event.machine === this.#machine) this.#seeOwn(event);
  }

  /** The innermost states that were entered and not left. */
  get open(): OpenState[] {
    return this.#open.innermost;
  }

  get askedChildren(): AskedExecution[] {
    return [...this.#asked].map(([execution, askedAt]) => ({ execution, askedAt }));
  }

  /** The time until which called functions may go on; 0 when all have ended. */
  get callsOverAt(): EpochMs {
    return this.#calls.overAt;
  }

  get counts(): ExecutionCounts {
    return this.#counter.counts;
  }

  /** @param until the end of the phase that goes on, by default the time of the last event */
  phases(until?: EpochMs): PhaseTimes {
    return this.#phases.times(until);
  }

  #seeOwn(event: HistoryEvent): void {
    this.#phases.see(event);
    this.#calls.see(event);
    this.#open.see(event);
    this.#seeStatus(event);
    const transfer = doneTransfer(event);
    if (transfer !== undefined) this.transfers.push(transfer);
    if (event.type === 'StateEntered') this.entered.add(event.state);
    if (event.type === 'StateEntered' && event.state === RUN_JOB) this.retriedJobs = jobsBefore(event.input);
    if (event.type === 'TaskScheduled' && event.execution !== undefined)
      this.#asked.set(event.execution, event.timestamp);
    if (event.type === 'TaskSubmitted') this.#seeSubmission(event);
    if (event.type === 'TaskEnded' && event.job !== undefined && event.job.JobId === this.jobIds.at(-1))
      this.endedJob = event.job;
  }

  #seeSubmission({ jobId, execution }: { readonly jobId?: string; readonly execution?: string }): void {
    if (jobId !== undefined) {
      this.jobIds.push(jobId);
      this.endedJob = undefined;
    }
    if (execution === undefined) return;
    this.children.push(execution);
    this.#asked.delete(execution);
  }

  #seeStatus(event: HistoryEvent): void {
    const status = statusAfter(event);
    if (status === undefined) return;
    this.#open.clear();
    this.end = status === 'RUNNING' ? undefined : { status, at: event.timestamp, ...errorAndCause(event) };
  }
}

function errorAndCause(event: HistoryEvent): Pick<ExecutionEnd, 'error' | 'cause'> {
  const { error, cause } = 'error' in event || 'cause' in event ? event : {};
  return withoutEmpty({ error, cause });
}
