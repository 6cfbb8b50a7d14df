/** Finds the oldest running execution of state machines through the Step Functions API. */
import { paginateListExecutions, type SFNClient } from '@aws-sdk/client-sfn';
import { STEP_FUNCTIONS_PAGE } from '../../aws-limits';
import type { RunningExecutions } from '../../sweep/fates';

export class AwsRunningExecutions implements RunningExecutions {
  constructor(
    private readonly client: SFNClient,
    private readonly stateMachineArns: readonly string[],
  ) {}

  /** A redriven execution counts from its first begin, so its begin is never later than its files. */
  async oldestBegin(): Promise<number> {
    let oldest = Number.POSITIVE_INFINITY;
    const paging = { client: this.client, pageSize: STEP_FUNCTIONS_PAGE };
    for (const stateMachineArn of this.stateMachineArns) {
      const wanted = { stateMachineArn, statusFilter: 'RUNNING' as const };
      for await (const { executions = [] } of paginateListExecutions(paging, wanted))
        for (const { startDate } of executions) oldest = Math.min(oldest, startDate?.getTime() ?? 0);
    }
    return oldest;
  }
}
