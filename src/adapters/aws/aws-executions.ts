/** Executions through the Step Functions API: https://docs.aws.amazon.com/step-functions/latest/apireference/ */
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  type HistoryEvent,
  paginateGetExecutionHistory,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  type TaskScheduledEventDetails,
} from '@aws-sdk/client-sfn';
import type { ExecutionDescription, ExecutionEvent, Executions } from '../../events/executions';
import { withoutEmpty } from '../../wire/json';

/** The most that one page can have. */
const PAGE = 1_000;
/** Lambda's ceiling, for a task without a time-out. */
const LONGEST_CALL_S = 900;
/** Step Functions has lost its connection to Lambda, or got a 500 from it: the function may run all the same. */
const FATE_UNKNOWN = new Set([
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
]);

const TURNS: Readonly<Record<string, 'over' | 'redriven'>> = {
  ExecutionFailed: 'over',
  ExecutionTimedOut: 'over',
  ExecutionAborted: 'over',
  ExecutionSucceeded: 'over',
  ExecutionRedriven: 'redriven',
};

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
    return executionArnOf(this.stateMachineArn, name);
  }

  async describe(executionArn: string): Promise<ExecutionDescription> {
    const found = await this.client.send(new DescribeExecutionCommand({ executionArn }));
    const { status = 'UNKNOWN', input, output, error, cause, stopDate, redriveCount } = found;
    const endedAt = stopDate?.getTime();
    const told = withoutEmpty({ input, output, error, cause, endedAt, redriveCount });
    return { status, ...told } as ExecutionDescription;
  }

  async *history(executionArn: string): AsyncIterable<ExecutionEvent> {
    const pages = paginateGetExecutionHistory({ client: this.client, pageSize: PAGE }, { executionArn });
    for await (const { events = [] } of pages) yield* events.flatMap(toEvent);
  }

  async stop(executionArn: string, cause: string): Promise<void> {
    await this.client.send(new StopExecutionCommand({ executionArn, cause }));
  }
}

function toEvent(event: HistoryEvent): ExecutionEvent[] {
  const { timestamp, stateEnteredEventDetails, taskSubmittedEventDetails } = event;
  const turn = TURNS[event.type ?? ''];
  if (turn !== undefined) return [{ type: turn }];
  if (stateEnteredEventDetails !== undefined) {
    const { name: state = '', input = 'null' } = stateEnteredEventDetails;
    const at = timestamp?.getTime();
    return [{ type: 'entered', state, input, ...(at !== undefined && { at }) }];
  }
  const { output } = taskSubmittedEventDetails ?? {};
  return output === undefined ? toTaskEvent(event) : [{ type: 'submitted', output }];
}

/** A task that timed out is no end of its call: it has a time of its own, which is up by then or soon. */
function toTaskEvent(event: HistoryEvent): ExecutionEvent[] {
  const { id = 0, previousEventId: after = 0, timestamp, taskScheduledEventDetails: scheduled } = event;
  if (scheduled !== undefined)
    return timestamp === undefined ? [] : toScheduled(id, timestamp.getTime(), scheduled);
  if (event.taskStartedEventDetails !== undefined) return [{ type: 'call started', id, after }];
  return hasEnded(event) ? [{ type: 'call ended', after }] : [];
}

function toScheduled(id: number, at: number, scheduled: TaskScheduledEventDetails): ExecutionEvent[] {
  const { resourceType, timeoutInSeconds = LONGEST_CALL_S, parameters = '{}' } = scheduled;
  if (resourceType === 'lambda') return [{ type: 'called', id, overAt: at + timeoutInSeconds * 1_000 }];
  if (resourceType !== 'states') return [];
  const { StateMachineArn = '', Name } = JSON.parse(parameters) as Record<string, string | undefined>;
  // One without a name of ours is given one that nobody knows.
  return Name === undefined
    ? []
    : [{ type: 'starting', execution: executionArnOf(StateMachineArn, Name), at }];
}

function executionArnOf(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

function hasEnded(event: HistoryEvent): boolean {
  if (event.taskFailedEventDetails !== undefined)
    return !FATE_UNKNOWN.has(event.taskFailedEventDetails.error ?? '');
  return event.taskSucceededEventDetails !== undefined || event.taskStartFailedEventDetails !== undefined;
}
