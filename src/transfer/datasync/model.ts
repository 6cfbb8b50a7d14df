/** The tasks of AWS DataSync: each transfer has a task with one execution. */
import type { Location } from '../location';
import type { TaskEnd } from './ends';

/** A task. Its name alone identifies it, so a repeated call finds the same task. */
export interface DataSyncTask {
  /** At most 256 characters: letters, digits and `+=._:@/-`. */
  readonly name: string;
  readonly source: TaskEnd;
  readonly destination: TaskEnd;
  /** A CSV in S3 with the paths of the files, below the source. */
  readonly manifest: Location;
  /** Transfers all files of the manifest, also those that DataSync would find unchanged at the destination. */
  readonly transferAll: boolean;
}

/** `STARTING`: DataSync still prepares the task. Ask again. */
export type StartedTask =
  | { readonly status: 'STARTING' }
  | { readonly status: 'RUNNING'; readonly executionArn: string };

export interface TaskExecution {
  readonly status: 'RUNNING' | 'SUCCESS' | 'ERROR';
  /** Logical bytes written at the destination. */
  readonly bytes: number;
  /** Files sent to the destination. In Basic mode folders count as well. */
  readonly transferred: number;
  readonly verified: number;
  /** Files that were unchanged at the destination. */
  readonly skipped: number;
  /** Files that were not prepared, transferred or verified. DataSync counts them in Enhanced mode only. */
  readonly failed: number;
  /** The code and the message of DataSync. */
  readonly error?: { readonly code: string; readonly detail: string };
}

export interface DataSyncTasks {
  /**
   * Returns the state of the task with this name. It starts a task that is ready.
   *
   * @returns undefined without such a task
   * @throws DataSyncTaskFailed when DataSync found the task unusable
   */
  resume(name: string): Promise<StartedTask | undefined>;

  /**
   * Makes the task and its locations, and starts it. Tasks share locations of the same place and settings.
   *
   * @throws DataSyncTaskFailed when DataSync found the task unusable
   */
  start(task: DataSyncTask): Promise<StartedTask>;

  /** @throws DataSyncTaskFailed without such an execution */
  describe(executionArn: string): Promise<TaskExecution>;

  /**
   * Stops the execution, and then removes the task. It also removes locations that no other task needs.
   *
   * @returns false while the execution still stops; ask again
   */
  remove(task: Pick<DataSyncTask, 'name' | 'source' | 'destination'>): Promise<boolean>;
}
