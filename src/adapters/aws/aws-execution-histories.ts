/** Executions with their histories. Most functions read no history, so their bundles have only AwsExecutions. */
import { paginateGetExecutionHistory } from '@aws-sdk/client-sfn';
import { STEP_FUNCTIONS_PAGE } from '../../aws-limits';
import { stateMachineArnOf } from '../../history/arns';
import type { HistoryEvent } from '../../history/events';
import type { Executions } from '../../history/executions';
import { AwsExecutions } from './aws-executions';
import { AwsHistory } from './aws-history';

export class AwsExecutionHistories extends AwsExecutions implements Executions {
  async *history(executionArn: string): AsyncIterable<HistoryEvent> {
    const history = new AwsHistory(stateMachineArnOf(executionArn));
    const paging = { client: this.client, pageSize: STEP_FUNCTIONS_PAGE };
    for await (const { events = [] } of paginateGetExecutionHistory(paging, { executionArn }))
      yield* history.translate(events);
  }
}
