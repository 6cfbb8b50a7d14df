/** Finds out whether executions have ended. */
import { describeError } from '../errors';
import type { Executions } from '../history/executions';
import type { EpochMs } from '../units';

/** The fate of an execution. GONE: Step Functions has forgotten it, 90 days after its end. */
export type Fate =
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly endedAt: EpochMs; readonly hasSucceeded: boolean }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unknown' };

export interface Fates {
  of(executionArn: string): Promise<Fate>;
}

/** The running executions of a stage. */
export interface RunningExecutions {
  /** Returns the begin of the oldest running execution; infinity when none runs. */
  oldestBegin(): Promise<EpochMs>;
}

const ENDED = new Set(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);

/** Returns the fates by the descriptions of Step Functions. A failed call, and a status that is not known here, is unknown. */
export function fatesOf(executions: Pick<Executions, 'describe'>): Fates {
  return {
    of: async (executionArn) => {
      try {
        const { status, endedAt } = await executions.describe(executionArn);
        if (!ENDED.has(status)) return { kind: status === 'UNKNOWN' ? 'unknown' : 'running' };
        if (endedAt === undefined) return { kind: 'unknown' };
        return { kind: 'ended', endedAt, hasSucceeded: status === 'SUCCEEDED' };
      } catch (error) {
        return { kind: describeError(error).name === 'ExecutionDoesNotExist' ? 'gone' : 'unknown' };
      }
    },
  };
}

/** Asks for each execution once. For a survey only: a check before a removal asks again. */
export function rememberedFates(fates: Fates): Fates {
  const known = new Map<string, Promise<Fate>>();
  return {
    of: (executionArn) => {
      const found = known.get(executionArn) ?? fates.of(executionArn);
      known.set(executionArn, found);
      return found;
    },
  };
}
