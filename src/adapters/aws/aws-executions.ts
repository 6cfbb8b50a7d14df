/** Starts, stops and reads executions: https://docs.aws.amazon.com/step-functions/latest/apireference/ */
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { executionArnOf } from '../../history/arns';
import type { ExecutionDescription, Executions } from '../../history/executions';
import { withoutEmpty } from '../../wire/json';

export class AwsExecutions implements Omit<Executions, 'history'> {
  /** @param stateMachineArn the machine of `start` and `arnOf` */
  constructor(
    protected readonly client: SFNClient,
    private readonly stateMachineArn = '',
  ) {}

  async start(name: string, input: string): Promise<string | undefined> {
    const command = new StartExecutionCommand({ stateMachineArn: this.stateMachineArn, name, input });
    try {
      return (await this.client.send(command)).executionArn;
    } catch (error) {
      // Conditions: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
      if (error instanceof ExecutionAlreadyExists) return undefined;
      throw error;
    }
  }

  arnOf(name: string): string {
    return executionArnOf(this.stateMachineArn, name);
  }

  async describe(executionArn: string): Promise<ExecutionDescription> {
    const found = await this.client.send(new DescribeExecutionCommand({ executionArn }));
    const { status = 'UNKNOWN', input, output, error, cause, startDate, stopDate, redriveCount } = found;
    const [startedAt, endedAt] = [startDate?.getTime(), stopDate?.getTime()];
    const told = withoutEmpty({ input, output, error, cause, startedAt, endedAt, redriveCount });
    return { status, ...told } as ExecutionDescription;
  }

  async stop(executionArn: string, cause: string): Promise<void> {
    await this.client.send(new StopExecutionCommand({ executionArn, cause }));
  }
}
