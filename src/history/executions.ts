/** The executions of a state machine, as a port: implemented over Step Functions, and in memory by tests. */
import type { EpochMs } from '../units';
import type { HistoryEvent } from './events';

export interface ExecutionDescription {
  /** RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED or PENDING_REDRIVE. */
  readonly status: string;
  /** JSON. */
  readonly input?: string;
  /** JSON. Absent unless the execution has succeeded. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly startedAt?: EpochMs;
  /** Absent while the execution runs. */
  readonly endedAt?: EpochMs;
  readonly redriveCount?: number;
}

export interface Executions {
  /**
   * Starts an execution. A repeated start with the same name and input finds the execution that runs.
   *
   * @returns its ARN; undefined when the name belongs to an execution that has another input, or has ended
   */
  start(name: string, input: string): Promise<string | undefined>;
  arnOf(name: string): string;
  /** The answer may be older than events about it: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
  describe(arn: string): Promise<ExecutionDescription>;
  /** All events so far, in their order. */
  history(arn: string): AsyncIterable<HistoryEvent>;
  /** Stops an execution. An execution that has ended is no error. */
  stop(arn: string, cause: string): Promise<void>;
}
