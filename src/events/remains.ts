/** What an execution that has ended may have left behind, read off its history. */
import type { ExecutionEvent } from './executions';

export interface Remains {
  /** The input of BuildContext, JSON; undefined when the execution never came so far, and so has made nothing. */
  readonly contextInput?: string;
  /** BuildContext was done: the working directory belonged to this execution. */
  readonly wasBuilt: boolean;
  /** Ids that Batch gave. */
  readonly jobs: readonly string[];
  /** ARNs of nested executions. */
  readonly children: readonly string[];
  readonly storing: 'not begun' | 'begun' | 'done';
}

/** States of `statemachines/demand-execution.asl.yml`. That one was left says nothing: a state that catches is left, too. */
export const LANDMARKS = {
  building: 'BuildContext',
  built: 'PrepareBatchArgs',
  storing: 'StoreOutputs',
  stored: 'RemoveData',
} as const;

export async function findRemains(history: AsyncIterable<ExecutionEvent>): Promise<Remains> {
  const entered = new Set<string>();
  const jobs: string[] = [];
  const children: string[] = [];
  let contextInput: string | undefined;
  for await (const event of history) {
    if (event.type === 'entered') {
      entered.add(event.state);
      if (event.state === LANDMARKS.building) contextInput = event.input;
      continue;
    }
    const { JobId: job, ExecutionArn: child } = JSON.parse(event.output) as Record<string, unknown>;
    if (typeof job === 'string') jobs.push(job);
    if (typeof child === 'string') children.push(child);
  }
  const storing = entered.has(LANDMARKS.storing) ? 'begun' : 'not begun';
  return {
    ...(contextInput !== undefined && { contextInput }),
    wasBuilt: entered.has(LANDMARKS.built),
    jobs,
    children,
    storing: entered.has(LANDMARKS.stored) ? 'done' : storing,
  };
}
