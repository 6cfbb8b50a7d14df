import type { EpochMs } from '../../src/units';

/** What the verbs about AWS are given on the command line. */
export interface AwsOptions {
  readonly stage: string;
  /** An ARN, instead of a stage. */
  readonly stateMachine?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly json: boolean;
}

/** Of verbs about one execution. */
export interface ExecutionOptions extends AwsOptions {
  readonly attempt?: number;
}

export interface SubmitOptions extends ExecutionOptions {
  readonly watch: boolean;
}

export interface ListOptions extends AwsOptions {
  readonly status?: string;
  readonly limit: number;
}

export interface CancelOptions extends ExecutionOptions {
  readonly reason?: string;
  /** Seconds. */
  readonly wait: number;
}

export interface LogsOptions extends ExecutionOptions {
  /** What the functions write, and not the job. */
  readonly functions: boolean;
  readonly follow: boolean;
  readonly since?: EpochMs;
}
