/** Runs Batch's jobs on this machine, all at once, each with the attempts that its definition allows. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Clock } from '../../../src/clock';
import { describeError } from '../../../src/errors';
import { withoutEmpty } from '../../../src/wire/json';
import { type AttemptEnd, runAttempt } from '../../batch/attempt';
import {
  batchVariables,
  type JobExit,
  type JobMount,
  type JobRunner,
  type RunnableJob,
} from '../../batch/runner';
import { readSecrets, type SecretReader, SecretsNotRead } from '../../batch/secret-values';
import {
  isEnded,
  type Job,
  type JobAttempt,
  type JobDefinition,
  mayRetry,
  type SubmitJobRequest,
} from './job';

interface JobsSettings {
  /** The region in the ARNs of jobs. */
  readonly region: string;
  /** Variables that each job has, and DescribeJobs does not show: the container agent adds them. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface JobsWorld {
  readonly runner: JobRunner;
  readonly settings: JobsSettings;
  /** @returns undefined when no active definition has that name or ARN */
  findDefinition(nameOrArn: string): Promise<JobDefinition | undefined>;
  /** Returns the folders of a job's volumes. @throws Error when a volume is on no file system */
  mountsOf(definition: JobDefinition): Promise<readonly JobMount[]>;
  /** Returns the reader of a job's secrets. It reads with the execution role of the job. */
  secretReader(job: Job): SecretReader;
  /** Gets every line that a job writes. The job waits while the promise is open. */
  log(job: Job, line: string): Promise<void> | undefined;
  /** Gets the job after each change of its status. */
  changed(job: Job): void;
  /** Returns the words of Batch when no host can run a job. The job then waits until somebody ends it. */
  obstacleOf(job: Job): string | undefined;
  /** Gets a job that waits, and blocks its queue. */
  blocked(job: Job): void;
  readonly clock: Pick<Clock, 'now'>;
}

/** A request that Batch refuses. */
class ClientException extends Error {
  override readonly name = 'ClientException';
}

export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #stops = new Map<string, AbortController>();
  readonly #running = new Set<Promise<void>>();

  constructor(private readonly world: JobsWorld) {}

  /** @throws ClientException */
  async submit(request: SubmitJobRequest): Promise<Job> {
    const definition = await this.world.findDefinition(request.jobDefinition);
    if (definition === undefined)
      throw new ClientException(`JobDefinition ${request.jobDefinition} is not registered`);
    const job = this.#create(request, definition);
    this.#jobs.set(job.jobId, job);
    this.world.changed(job);
    const running = this.#run(job, request, definition)
      .catch((error: unknown) => this.#fail(job, error))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
    return job;
  }

  describe(ids: readonly string[]): Job[] {
    return ids.flatMap((id) => this.#jobs.get(id) ?? []);
  }

  list(queue: string): Job[] {
    return [...this.#jobs.values()].filter(
      ({ jobQueue }) => jobQueue.split('/').at(-1) === queue.split('/').at(-1),
    );
  }

  /** Asks a job to stop. Does nothing for an ended or unknown job. */
  terminate(id: string, reason: string): void {
    const job = this.#jobs.get(id);
    if (job === undefined || isEnded(job)) return;
    job.isTerminated = true;
    job.statusReason = reason;
    this.#stops.get(id)?.abort(new Error(reason));
  }

  /**
   * Ends a job that has not started. A job that has started goes on.
   * https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html
   */
  cancel(id: string, reason: string): void {
    const job = this.#jobs.get(id);
    if (job?.status !== 'RUNNABLE') return;
    job.isCancelled = true;
    job.statusReason = reason;
    this.#stops.get(id)?.abort(new Error(reason));
  }

  /** Stops all jobs and waits for their ends. */
  async stop(): Promise<void> {
    for (const id of this.#stops.keys()) this.terminate(id, 'the local API is stopping');
    await Promise.all(this.#running);
  }

  #create(request: SubmitJobRequest, { jobDefinitionArn, containerProperties }: JobDefinition): Job {
    const { settings, clock } = this.world;
    const jobId = randomUUID();
    const overrides = request.containerOverrides ?? {};
    const environment = new Map(
      [...(containerProperties.environment ?? []), ...(overrides.environment ?? [])].map(
        ({ name, value }) => [name, value],
      ),
    );
    return {
      jobId,
      jobArn: `arn:aws:batch:${settings.region}:123456789012:job/${jobId}`,
      jobName: request.jobName,
      jobQueue: request.jobQueue,
      jobDefinition: jobDefinitionArn,
      tags: request.tags ?? {},
      createdAt: clock.now(),
      attempts: [],
      container: {
        image: containerProperties.image,
        command: overrides.command ?? containerProperties.command ?? [],
        environment: [...environment].map(([name, value]) => ({ name, value })),
        secrets: containerProperties.secrets ?? [],
        ...withoutEmpty({ executionRoleArn: containerProperties.executionRoleArn }),
        logStreamName: `${request.jobName}/default/${jobId}`,
        resourceRequirements:
          overrides.resourceRequirements ?? containerProperties.resourceRequirements ?? [],
      },
      status: 'SUBMITTED',
      isTerminated: false,
      isCancelled: false,
    };
  }

  async #run(job: Job, request: SubmitJobRequest, definition: JobDefinition): Promise<void> {
    const retries = request.retryStrategy ?? definition.retryStrategy ?? {};
    const attempts = retries.attempts ?? 1;
    const seconds = (request.timeout ?? definition.timeout)?.attemptDurationSeconds;
    const stop = new AbortController();
    this.#stops.set(job.jobId, stop);
    const obstacle = this.world.obstacleOf(job);
    if (obstacle !== undefined) return this.#block(job, obstacle, stop.signal);
    let end: AttemptEnd;
    let attempt: JobAttempt;
    do {
      const startedAt = this.#enter(job, 'RUNNING');
      job.startedAt ??= startedAt;
      end = await runAttempt((signal) => this.#attempt(job, definition, signal), seconds, stop.signal);
      attempt = attemptOf(end, startedAt, this.world.clock.now());
      job.attempts.push(attempt);
    } while (
      !isSuccess(end) &&
      !end.isTimedOut &&
      !job.isTerminated &&
      job.attempts.length < attempts &&
      mayRetry(attempt, retries)
    );
    this.#stops.delete(job.jobId);
    job.stoppedAt = attempt.stoppedAt;
    Object.assign(job.container, attempt.container);
    if (!job.isTerminated) job.statusReason = end.statusReason;
    this.#enter(job, isSuccess(end) && !job.isTerminated ? 'SUCCEEDED' : 'FAILED');
  }

  /** Keeps a job in RUNNABLE until somebody ends it. */
  async #block(job: Job, obstacle: string, ended: AbortSignal): Promise<void> {
    job.statusReason = obstacle;
    this.#enter(job, 'RUNNABLE');
    this.world.blocked(job);
    await once(ended, 'abort');
    this.#stops.delete(job.jobId);
    job.stoppedAt = this.#enter(job, 'FAILED');
  }

  /** Ends a job whose request or definition has a form that nothing here can run. Other jobs go on. */
  #fail(job: Job, error: unknown): void {
    this.#stops.delete(job.jobId);
    job.stoppedAt = this.world.clock.now();
    job.statusReason = `The local API cannot run this job: ${describeError(error).message}`;
    this.#enter(job, 'FAILED');
  }

  async #attempt(job: Job, definition: JobDefinition, signal: AbortSignal): Promise<JobExit> {
    try {
      const runnable = await this.#runnable(job, definition);
      return await this.world.runner.run(runnable, (line) => this.world.log(job, line), signal);
    } catch (error) {
      if (error instanceof SecretsNotRead) throw error;
      throw new Error(`CannotStartContainerError: ${describeError(error).message}`);
    }
  }

  async #runnable(job: Job, definition: JobDefinition): Promise<RunnableJob> {
    const { image, command, environment, secrets } = job.container;
    return {
      jobId: job.jobId,
      image,
      command,
      environment: {
        ...this.world.settings.environment,
        ...Object.fromEntries(environment.map(({ name, value }) => [name, value])),
        ...(await readSecrets(secrets, this.world.secretReader(job))),
        ...batchVariables(job.jobId, job.attempts.length + 1),
      },
      mounts: await this.world.mountsOf(definition),
    };
  }

  #enter(job: Job, status: Job['status']): number {
    job.status = status;
    this.world.changed(job);
    return this.world.clock.now();
  }
}

/** Batch counts a job that ends well after its time-out as failed. */
function isSuccess({ exitCode, isTimedOut }: AttemptEnd): boolean {
  return exitCode === 0 && !isTimedOut;
}

function attemptOf(end: AttemptEnd, startedAt: number, stoppedAt: number): JobAttempt {
  const { exitCode, reason, statusReason } = end;
  return { startedAt, stoppedAt, statusReason, container: withoutEmpty({ exitCode, reason }) };
}
