/** What is asked of AWS DataSync: one task for each transfer, with one execution. */
import type { Location } from '../location';
import type { TaskEnd } from './ends';

/** A task, told apart from every other by its name alone: whoever asks again means the same one. */
export interface DataSyncTask {
  /** At most 256 of letters, digits and `+=._:@/-`. */
  readonly name: string;
  readonly source: TaskEnd;
  readonly destination: TaskEnd;
  /** A CSV in S3 of the paths below the source that are to be transferred. */
  readonly manifest: Location;
  /** Of the manifest all, also what DataSync would find the same at the destination. */
  readonly transferAll: boolean;
}

/** `STARTING`: DataSync still makes the task ready; ask again. */
export type StartedTask =
  | { readonly status: 'STARTING' }
  | { readonly status: 'RUNNING'; readonly executionArn: string };

export interface TaskExecution {
  readonly status: 'RUNNING' | 'SUCCESS' | 'ERROR';
  /** Logical bytes written at the destination. */
  readonly bytes: number;
  /** Sent to the destination; in Basic mode folders count, too. */
  readonly transferred: number;
  readonly verified: number;
  /** Found in place as they are. */
  readonly skipped: number;
  /** Not prepared, transferred or verified; DataSync counts them in Enhanced mode only. */
  readonly failed: number;
  /** DataSync's own code and words. */
  readonly error?: { readonly code: string; readonly detail: string };
}

export interface DataSyncTasks {
  /**
   * The task of this name where it has begun or is being made ready; starts it where it is ready.
   *
   * @returns undefined when there is no such task
   * @throws DataSyncTaskFailed when DataSync found the task unusable
   */
  resume(name: string): Promise<StartedTask | undefined>;

  /**
   * Makes the task and its locations, and starts it. A location of the same place and settings is shared.
   *
   * @throws DataSyncTaskFailed when DataSync found the task unusable
   */
  start(task: DataSyncTask): Promise<StartedTask>;

  /** @throws DataSyncTaskFailed when there is no such execution */
  describe(executionArn: string): Promise<TaskExecution>;

  /**
   * Stops what runs, then removes the task and those of its locations that no other task needs.
   *
   * @returns false while what ran is still being stopped: ask again
   */
  remove(task: Pick<DataSyncTask, 'name' | 'source' | 'destination'>): Promise<boolean>;
}
