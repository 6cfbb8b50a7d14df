/** Runs tasks of AWS DataSync through its API. */
import {
  CancelTaskExecutionCommand,
  CreateTaskCommand,
  type DataSyncClient,
  DeleteTaskCommand,
  DescribeTaskCommand,
  type DescribeTaskCommandOutput,
  DescribeTaskExecutionCommand,
  type DescribeTaskExecutionCommandOutput,
  InvalidRequestException,
  paginateListTasks,
  StartTaskExecutionCommand,
} from '@aws-sdk/client-datasync';
import { DataSyncTaskFailed } from '../../errors';
import type { DataSyncTask, DataSyncTasks, StartedTask, TaskExecution } from '../../transfer/datasync/model';
import type { DataSyncSettings } from '../../transfer/datasync/settings';
import { DataSyncLocations } from './data-sync-locations';
import { taskInputOf } from './data-sync-options';

const STARTING: StartedTask = { status: 'STARTING' };

/**
 * CreateTask has no idempotency token, and task names are not unique. So a call looks a task up by its name before and
 * after it makes one. When two calls make a task at the same time, both keep the older task.
 */
export class AwsDataSync implements DataSyncTasks {
  readonly #locations: DataSyncLocations;

  constructor(
    private readonly client: DataSyncClient,
    private readonly settings: DataSyncSettings,
  ) {
    this.#locations = new DataSyncLocations(client, settings);
  }

  async resume(name: string): Promise<StartedTask | undefined> {
    const [task] = await this.#find(name);
    return task && this.#begin(task);
  }

  async start(task: DataSyncTask): Promise<StartedTask> {
    const found = await this.resume(task.name);
    if (found !== undefined) return found;
    const made = await this.#create(task);
    const [first, ...others] = await this.#find(task.name);
    if (first === undefined) return STARTING;
    if (others.some(({ TaskArn }) => TaskArn === made)) await this.#deleteTask(made);
    return this.#begin(first);
  }

  async describe(executionArn: string): Promise<TaskExecution> {
    try {
      return toExecution(await this.#describeExecution(executionArn));
    } catch (error) {
      if (!(error instanceof InvalidRequestException)) throw error;
      throw new DataSyncTaskFailed(
        `AWS DataSync does not know the task execution ${executionArn}: ${error.message}. ` +
          'Somebody has deleted its task. Start the transfer again',
      );
    }
  }

  async remove({
    name,
    source,
    destination,
  }: Pick<DataSyncTask, 'name' | 'source' | 'destination'>): Promise<boolean> {
    for (const { TaskArn = '', CurrentTaskExecutionArn: executionArn } of await this.#find(name)) {
      if (executionArn !== undefined && !(await this.#hasEnded(executionArn))) return false;
      await this.#deleteTask(TaskArn);
    }
    await this.#locations.removeUnused(source);
    await this.#locations.removeUnused(destination);
    return true;
  }

  /** Returns the tasks of this name, the oldest first. */
  async #find(name: string): Promise<readonly DescribeTaskCommandOutput[]> {
    const arns: string[] = [];
    for await (const { Tasks = [] } of paginateListTasks({ client: this.client }, {}))
      for (const { Name, TaskArn } of Tasks) if (Name === name && TaskArn !== undefined) arns.push(TaskArn);
    const found = await Promise.all(arns.map((TaskArn) => unlessGone(this.#describeTask(TaskArn))));
    return found.filter((task) => task !== undefined).sort(byAge);
  }

  async #create(task: DataSyncTask): Promise<string> {
    try {
      return await this.#createOnce(task);
    } catch (error) {
      if (!(error instanceof InvalidRequestException)) throw error;
      // Another call may have removed the location meanwhile, with its last task.
      return this.#createOnce(task);
    }
  }

  async #createOnce(task: DataSyncTask): Promise<string> {
    const SourceLocationArn = await this.#locations.ensure(task.source);
    const DestinationLocationArn = await this.#locations.ensure(task.destination);
    const input = { SourceLocationArn, DestinationLocationArn, ...taskInputOf(task, this.settings) };
    const { TaskArn = '' } = await this.client.send(new CreateTaskCommand(input));
    return TaskArn;
  }

  /** Returns the one execution of a task. Starts it as soon as the task is ready. */
  async #begin(task: DescribeTaskCommandOutput): Promise<StartedTask> {
    const { TaskArn, CurrentTaskExecutionArn: executionArn, Status, ErrorCode, ErrorDetail } = task;
    if (executionArn !== undefined) return { status: 'RUNNING', executionArn };
    if (Status === 'CREATING') return STARTING;
    if (Status === 'UNAVAILABLE')
      throw new DataSyncTaskFailed(
        `AWS DataSync cannot use the task ${task.Name}: ${ErrorCode ?? 'no code'}: ${ErrorDetail ?? 'no detail'}. ` +
          'Check the roles, subnet and security groups of its locations',
      );
    try {
      const { TaskExecutionArn = '' } = await this.client.send(new StartTaskExecutionCommand({ TaskArn }));
      return { status: 'RUNNING', executionArn: TaskExecutionArn };
    } catch (error) {
      // "You can only run one task execution at a time": another call may have started it meanwhile.
      const now = error instanceof InvalidRequestException ? await this.#describeTask(TaskArn) : undefined;
      if (now?.CurrentTaskExecutionArn === undefined) throw error;
      return { status: 'RUNNING', executionArn: now.CurrentTaskExecutionArn };
    }
  }

  /** Cancels a running execution. Returns true when its status shows the end. */
  async #hasEnded(executionArn: string): Promise<boolean> {
    const status = await this.#statusOf(executionArn);
    if (isEnd(status)) return true;
    if (status !== 'CANCELLING')
      await unlessGone(this.client.send(new CancelTaskExecutionCommand({ TaskExecutionArn: executionArn })));
    return isEnd(await this.#statusOf(executionArn));
  }

  async #statusOf(executionArn: string) {
    const execution = await unlessGone(this.#describeExecution(executionArn));
    return execution === undefined ? 'SUCCESS' : execution.Status;
  }

  async #deleteTask(TaskArn: string): Promise<void> {
    try {
      await this.client.send(new DeleteTaskCommand({ TaskArn }));
    } catch (error) {
      // A missing task is the goal. An existing one would stay behind.
      const left =
        error instanceof InvalidRequestException ? await unlessGone(this.#describeTask(TaskArn)) : {};
      if (left !== undefined) throw error;
    }
  }

  #describeTask(TaskArn: string | undefined): Promise<DescribeTaskCommandOutput> {
    return this.client.send(new DescribeTaskCommand({ TaskArn }));
  }

  #describeExecution(TaskExecutionArn: string): Promise<DescribeTaskExecutionCommandOutput> {
    return this.client.send(new DescribeTaskExecutionCommand({ TaskExecutionArn }));
  }
}

/** Returns undefined for InvalidRequestException: DataSync uses it for everything, also for a missing resource. */
async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof InvalidRequestException) return undefined;
    throw error;
  }
}

function byAge(one: DescribeTaskCommandOutput, other: DescribeTaskCommandOutput): number {
  const age = (one.CreationTime?.getTime() ?? 0) - (other.CreationTime?.getTime() ?? 0);
  return age || ((one.TaskArn ?? '') < (other.TaskArn ?? '') ? -1 : 1);
}

function isEnd(status: string | undefined): boolean {
  return status === 'SUCCESS' || status === 'ERROR';
}

/** https://docs.aws.amazon.com/datasync/latest/userguide/API_DescribeTaskExecution.html */
function toExecution(told: DescribeTaskExecutionCommandOutput): TaskExecution {
  const { Status, Result, FilesFailed = {} } = told;
  const { Prepare = 0, Transfer = 0, Verify = 0 } = FilesFailed;
  return {
    status: Status === 'SUCCESS' || Status === 'ERROR' ? Status : 'RUNNING',
    bytes: told.BytesWritten ?? told.BytesTransferred ?? 0,
    transferred: told.FilesTransferred ?? 0,
    verified: told.FilesVerified ?? 0,
    skipped: told.FilesSkipped ?? 0,
    failed: Prepare + Transfer + Verify,
    ...(Result?.ErrorCode !== undefined && {
      error: { code: Result.ErrorCode, detail: Result.ErrorDetail ?? '' },
    }),
  };
}
