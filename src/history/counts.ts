/** Counts what AWS bills, or limits, of an execution. */
import { INTEGRATIONS } from '../machines/integrations';
import type { HistoryEvent } from './events';

/** Nested executions count, too, where the history has their events. A local history has them. */
export interface ExecutionCounts {
  /** States entered. */
  readonly stateTransitions: number;
  readonly lambdaInvocations: number;
  readonly nestedExecutions: number;
  readonly batchJobs: number;
}

const COUNTED: Readonly<Record<string, keyof ExecutionCounts>> = {
  [INTEGRATIONS.lambda]: 'lambdaInvocations',
  [INTEGRATIONS.execution]: 'nestedExecutions',
  [INTEGRATIONS.batch]: 'batchJobs',
};

export class Counter {
  readonly #counts = { stateTransitions: 0, lambdaInvocations: 0, nestedExecutions: 0, batchJobs: 0 };

  see(event: HistoryEvent): void {
    if (event.type === 'StateEntered') this.#counts.stateTransitions += 1;
    if (event.type !== 'TaskScheduled') return;
    const counted = COUNTED[event.resource];
    if (counted !== undefined) this.#counts[counted] += 1;
  }

  get counts(): ExecutionCounts {
    return { ...this.#counts };
  }
}
