/** Executions through the Step Functions API: https://docs.aws.amazon.com/step-functions/latest/apireference/ */
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  type HistoryEvent,
  paginateGetExecutionHistory,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ExecutionDescription, ExecutionEvent, Executions } from '../../events/executions';
import { withoutEmpty } from '../../wire/json';

/** The most that one page can have. */
const PAGE = 1_000;

export class AwsExecutions implements Executions {
  /** @param stateMachineArn of the demand machine, for those who start or name its executions */
  constructor(
    private readonly client: SFNClient,
    private readonly stateMachineArn = '',
  ) {}

  async start(name: string, input: string): Promise<string | undefined> {
    const command = new StartExecutionCommand({ stateMachineArn: this.stateMachineArn, name, input });
    try {
      return (await this.client.send(command)).executionArn;
    } catch (error) {
      // https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html says when.
      if (error instanceof ExecutionAlreadyExists) return undefined;
      throw error;
    }
  }

  arnOf(name: string): string {
    return `${this.stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  }

  async describe(executionArn: string): Promise<ExecutionDescription> {
    const found = await this.client.send(new DescribeExecutionCommand({ executionArn }));
    const { status = 'UNKNOWN', input, output, error, cause, stopDate } = found;
    const endedAt = stopDate?.getTime();
    return { status, ...withoutEmpty({ input, output, error, cause, endedAt }) } as ExecutionDescription;
  }

  async *history(executionArn: string): AsyncIterable<ExecutionEvent> {
    const pages = paginateGetExecutionHistory({ client: this.client, pageSize: PAGE }, { executionArn });
    for await (const { events = [] } of pages) yield* events.flatMap(toEvent);
  }

  async stop(executionArn: string, cause: string): Promise<void> {
    await this.client.send(new StopExecutionCommand({ executionArn, cause }));
  }
}

function toEvent({
  timestamp,
  stateEnteredEventDetails,
  taskSubmittedEventDetails,
}: HistoryEvent): ExecutionEvent[] {
  if (stateEnteredEventDetails !== undefined) {
    const { name: state = '', input = 'null' } = stateEnteredEventDetails;
    const at = timestamp?.getTime();
    return [{ type: 'entered', state, input, ...(at !== undefined && { at }) }];
  }
  const { output } = taskSubmittedEventDetails ?? {};
  return output === undefined ? [] : [{ type: 'submitted', output }];
}
