import type { EpochMs } from '../../src/units';

/** Options of the verbs on AWS. */
export interface AwsOptions {
  readonly stage: string;
  /** ARN of a state machine, instead of a stage. */
  readonly stateMachine?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly json: boolean;
}

/** Options of the verbs on one execution. */
export interface ExecutionOptions extends AwsOptions {
  readonly attempt?: number;
  /** Whether the colours of the job's lines stay, default false. */
  readonly colours?: boolean;
}

export interface SubmitOptions extends ExecutionOptions {
  readonly watch: boolean;
}

/** Options of `sweep` on AWS. */
export interface AwsSweepOptions extends AwsOptions {
  readonly dryRun: boolean;
}

export interface ListOptions extends AwsOptions {
  readonly status?: string;
  readonly limit: number;
}

export interface CancelOptions extends ExecutionOptions {
  readonly reason?: string;
  /** Seconds to wait for the end of execution and job. */
  readonly wait: number;
}

export interface LogsOptions extends ExecutionOptions {
  /** Prints the logs of the functions instead of the job's. */
  readonly functions: boolean;
  readonly follow: boolean;
  readonly since?: EpochMs;
}
