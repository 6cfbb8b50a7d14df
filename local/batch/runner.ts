/** How a job runs on this machine. */

/** A prepared job: exactly what Batch would hand to a container agent. */
export interface RunnableJob {
  readonly jobId: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly JobMount[];
}

export interface JobMount {
  /** The folder of this machine. */
  readonly hostPath: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
}

export interface JobExit {
  readonly exitCode: number;
  /** What ended it, if not by itself. */
  readonly reason?: string;
}

/** Hears of the process that leads the job's group, as soon as there is one. */
export type OnStart = (pid: number) => Promise<void>;

export interface JobRunner {
  /**
   * Runs a job to its end, line by line of output; an abort asks it to stop, and ends it if it does not.
   *
   * @throws Error when it could not be started
   */
  run(job: RunnableJob, onLine: (line: string) => void, signal: AbortSignal): Promise<JobExit>;
}
