/** Stops the nested executions of an ended execution, also those whose ARN is not in its history. */
import type { Clock } from '../../clock';
import { describeError } from '../../errors';
import type { AskedExecution } from '../../history/execution';
import type { Executions } from '../../history/executions';
import type { ExecutionLeftovers } from '../../history/leftovers';
import { type EndedExecution, stopReason } from './end-state';
import { EXECUTION_POLL_MS, IN_FLIGHT_MS } from './waits';

export interface CleanUpChildrenWorld {
  readonly executions: Pick<Executions, 'describe' | 'stop'>;
  readonly clock: Clock;
}

/** Stops the nested executions. @returns their ARNs */
export async function stopChildren(
  { children, askedChildren }: ExecutionLeftovers,
  ended: EndedExecution,
  world: CleanUpChildrenWorld,
): Promise<readonly string[]> {
  const found = [...children];
  for (const asked of askedChildren) if (await hasBegun(asked, world)) found.push(asked.execution);
  for (const child of found) await world.executions.stop(child, stopReason(ended));
  return found;
}

async function hasBegun(
  { execution, askedAt }: AskedExecution,
  world: CleanUpChildrenWorld,
): Promise<boolean> {
  while (!(await isThere(execution, world))) {
    const left = askedAt + IN_FLIGHT_MS - world.clock.now();
    if (left <= 0) return false;
    await world.clock.wait(Math.min(EXECUTION_POLL_MS, left));
  }
  return true;
}

async function isThere(arn: string, { executions }: CleanUpChildrenWorld): Promise<boolean> {
  try {
    await executions.describe(arn);
    return true;
  } catch (error) {
    if (describeError(error).name === 'ExecutionDoesNotExist') return false;
    throw error;
  }
}
