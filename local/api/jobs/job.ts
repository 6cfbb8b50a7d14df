/** Jobs in Batch's own shape. https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDetail.html */
import type { JobSecret, RetryStrategy } from '../../../src/batch/model';
import { firstMatch } from '../../../src/batch/retries/rules';
import { withoutEmpty } from '../../../src/wire/json';

type JobStatus = 'SUBMITTED' | 'RUNNABLE' | 'STARTING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** Batch takes a strategy without attempts, and runs the job once. https://docs.aws.amazon.com/batch/latest/APIReference/API_RetryStrategy.html */
type GivenRetryStrategy = Partial<RetryStrategy>;

export interface SubmitJobRequest {
  readonly jobName: string;
  readonly jobQueue: string;
  readonly jobDefinition: string;
  readonly containerOverrides?: {
    readonly command?: readonly string[];
    readonly environment?: readonly NamedValue[];
    readonly resourceRequirements?: readonly { readonly type: string; readonly value: string }[];
  };
  readonly retryStrategy?: GivenRetryStrategy;
  readonly timeout?: { readonly attemptDurationSeconds?: number };
  readonly tags?: Readonly<Record<string, string>>;
}

/** The fields of a registered definition that a local job uses. */
export interface JobDefinition {
  readonly jobDefinitionArn: string;
  readonly retryStrategy?: GivenRetryStrategy;
  readonly timeout?: { readonly attemptDurationSeconds?: number };
  readonly containerProperties: {
    readonly image: string;
    readonly command?: readonly string[];
    readonly environment?: readonly NamedValue[];
    readonly secrets?: readonly JobSecret[];
    readonly executionRoleArn?: string;
    readonly resourceRequirements?: readonly { readonly type: string; readonly value: string }[];
    readonly mountPoints?: readonly {
      readonly sourceVolume: string;
      readonly containerPath: string;
      readonly readOnly?: boolean;
    }[];
    readonly volumes?: readonly {
      readonly name: string;
      readonly efsVolumeConfiguration?: {
        readonly fileSystemId: string;
        readonly rootDirectory?: string;
        readonly authorizationConfig?: { readonly accessPointId?: string };
      };
    }[];
  };
}

export interface Job {
  readonly jobId: string;
  readonly jobArn: string;
  readonly jobName: string;
  readonly jobQueue: string;
  readonly jobDefinition: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly attempts: JobAttempt[];
  readonly container: {
    readonly image: string;
    readonly command: readonly string[];
    readonly environment: readonly NamedValue[];
    /** The names and the ARNs. The values are in the environment of the attempt alone. */
    readonly secrets: readonly JobSecret[];
    readonly executionRoleArn?: string;
    readonly logStreamName: string;
    readonly resourceRequirements: readonly { readonly type: string; readonly value: string }[];
    exitCode?: number;
    reason?: string;
  };
  status: JobStatus;
  statusReason?: string;
  startedAt?: number;
  stoppedAt?: number;
  isTerminated: boolean;
  isCancelled: boolean;
}

export interface JobAttempt {
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly statusReason: string;
  readonly container: { readonly exitCode?: number; readonly reason?: string };
}

/** Returns whether Batch retries after a failed attempt. The first matching rule decides; without a match it retries. */
export function mayRetry(
  { statusReason, container: { reason = '', exitCode } }: JobAttempt,
  { evaluateOnExit = [] }: GivenRetryStrategy,
): boolean {
  const end = { statusReason, reason, ...withoutEmpty({ exitCode }) };
  const rule = firstMatch(evaluateOnExit, end);
  return rule === undefined || rule.action.toUpperCase() === 'RETRY';
}

export function isEnded({ status }: Job): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}
