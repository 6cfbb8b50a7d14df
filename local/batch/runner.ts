/** The interface of job runners on this machine. */
import type { OnLine } from '../world/lines';

/** A prepared job, with the fields that Batch gives to a container agent. */
export interface RunnableJob {
  readonly jobId: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly JobMount[];
}

export interface JobMount {
  /** Folder of this machine. */
  readonly hostPath: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
}

export interface JobExit {
  readonly exitCode: number;
  /** Reason of the end, when the job did not end by itself. */
  readonly reason?: string;
  /** Status reason of Batch, such as the loss of the host. Default: the container has exited. */
  readonly statusReason?: string;
}

/** Gets the id of the job's first process, which leads its process group, right after the start. */
export type OnStart = (pid: number) => Promise<void>;

export interface JobRunner {
  /**
   * Runs a job to its end. An abort asks the job to stop, and kills it when it does not stop.
   *
   * @throws Error when the job cannot be started
   */
  run(job: RunnableJob, onLine: OnLine, signal: AbortSignal): Promise<JobExit>;
}

/**
 * Returns the variables that Batch gives to the container of an attempt.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
 *
 * @param attempt 1 for the first attempt of the job
 */
export function batchVariables(jobId: string, attempt: number): Record<string, string> {
  return { AWS_BATCH_JOB_ID: jobId, AWS_BATCH_JOB_ATTEMPT: String(attempt) };
}
