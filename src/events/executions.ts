/** Executions of the demand machine, as far as events are made of them, and cleaning up after them needs it. */

export interface ExecutionDescription {
  /** RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED or PENDING_REDRIVE. */
  readonly status: string;
  /** JSON. */
  readonly input?: string;
  /** JSON, once it has succeeded. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  /** Milliseconds since 1970, once it has ended. */
  readonly endedAt?: number;
  readonly redriveCount?: number;
}

/** Texts are JSON. */
export type ExecutionEvent =
  | {
      readonly type: 'entered';
      readonly state: string;
      readonly input: string;
      /** Milliseconds since 1970. */
      readonly at?: number;
    }
  /** A task was handed to another service, which answered. */
  | { readonly type: 'submitted'; readonly output: string }
  /** A nested execution was asked for, under this ARN, at milliseconds since 1970. */
  | { readonly type: 'starting'; readonly execution: string; readonly at: number }
  /** Nothing comes after it, unless it is redriven. */
  | { readonly type: 'over' | 'redriven' }
  | CallEvent;

/** Of the call of a function. Ids are those of the history: what follows an event says so by its id. */
type CallEvent =
  /** It is over by then, in milliseconds since 1970, as no function may take as long as its task. */
  | { readonly type: 'called'; readonly id: number; readonly overAt: number }
  | { readonly type: 'call started'; readonly id: number; readonly after: number }
  /** The function has answered, or was not reached. */
  | { readonly type: 'call ended'; readonly after: number };

export interface Executions {
  /**
   * The same name with the same input, while that runs, is the same execution.
   *
   * @returns its ARN; undefined when the name belongs to one with another input, or to one that has ended
   */
  start(name: string, input: string): Promise<string | undefined>;
  arnOf(name: string): string;
  /** It may be older than what was told of it: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
  describe(arn: string): Promise<ExecutionDescription>;
  /** What happened, in its order. */
  history(arn: string): AsyncIterable<ExecutionEvent>;
  /** One that has ended is no error. */
  stop(arn: string, cause: string): Promise<void>;
}
