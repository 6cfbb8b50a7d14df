/** Runs `batch:submitJob.sync` on this machine, with the answers and errors of the Step Functions integration. */
import { randomUUID } from 'node:crypto';
import type { EfsVolume, JobDefinitionToRegister } from '../../src/batch/model';
import { TIMED_OUT_REASON } from '../../src/batch/status-reasons';
import type { FileSystemDirectory } from '../../src/efs/model';
import { toMountedPath } from '../../src/transfer/mounts';
import { efsLocation } from '../../src/transfer/schemes/file-systems';
import type { EpochMs } from '../../src/units';
import { withoutEmpty } from '../../src/wire/json';
import type { LocalRoot } from '../world/root';
import { runAttempt } from './attempt';
import type { LocalJobDefinitions } from './job-definitions';
import { batchVariables, type JobExit, type JobMount, type JobRunner, type RunnableJob } from './runner';
import { readSecrets, type SecretReader } from './secret-values';

/** Parameters of the integration, in PascalCase. */
export interface SubmitJobParameters {
  readonly JobName: string;
  readonly JobDefinition: string;
  readonly JobQueue: string;
  readonly ContainerOverrides: {
    readonly Environment: readonly { readonly Name: string; readonly Value: string }[];
    readonly ResourceRequirements?: readonly { readonly Type: string; readonly Value: string }[];
  };
  readonly Timeout?: { readonly AttemptDurationSeconds?: number };
}

export interface BatchServices {
  readonly root: LocalRoot;
  readonly jobDefinitions: LocalJobDefinitions;
  readonly fileSystems: FileSystemDirectory;
  readonly runner: JobRunner;
  readonly readSecret: SecretReader;
  readonly now: () => EpochMs;
  readonly listener: JobListener;
}

export interface JobListener {
  jobStarted(job: RunnableJob): void;
  /** Gets a line. The job waits while the promise is open. */
  jobOutput(line: string): Promise<void> | undefined;
  jobEnded(exit: JobExit): void;
}

/** An ended job, with the fields of DescribeJobs that a local job has. */
export interface JobDetail {
  readonly JobId: string;
  readonly JobName: string;
  readonly JobQueue: string;
  readonly JobDefinition: string;
  readonly Status: 'SUCCEEDED' | 'FAILED';
  readonly StatusReason: string;
  readonly StartedAt: number;
  readonly StoppedAt: number;
  readonly Container: {
    readonly Image: string;
    readonly ExitCode?: number;
    readonly Reason?: string;
    readonly ResourceRequirements?: readonly { readonly Type: string; readonly Value: string }[];
  };
}

/** A failed job. It has the integration's error name, and the job's detail as its cause. */
export class JobFailed extends Error {
  override readonly name = 'States.TaskFailed';

  constructor(readonly detail: JobDetail) {
    super(JSON.stringify(detail));
  }
}

/** @throws JobFailed when the job fails or does not start */
export async function submitJob(
  parameters: SubmitJobParameters,
  services: BatchServices,
  signal: AbortSignal,
): Promise<JobDetail> {
  const definition = services.jobDefinitions.find(parameters.JobDefinition);
  if (definition === undefined)
    throw new Error(`JobDefinition ${parameters.JobDefinition} is not registered`);
  const job = await toRunnable(parameters, definition, services);
  const startedAt = services.now();
  services.listener.jobStarted(job);
  const seconds = parameters.Timeout?.AttemptDurationSeconds;
  const end = await runAttempt((stop) => run(job, definition, services, stop), seconds, signal);
  const { exitCode, reason, statusReason } = end;
  const isSuccess = exitCode === 0 && !end.isTimedOut;
  const detail: JobDetail = {
    JobId: job.jobId,
    JobName: parameters.JobName,
    JobQueue: parameters.JobQueue,
    JobDefinition: parameters.JobDefinition,
    Status: isSuccess ? 'SUCCEEDED' : 'FAILED',
    StatusReason: statusReason,
    StartedAt: startedAt,
    StoppedAt: services.now(),
    Container: {
      Image: job.image,
      ...withoutEmpty({
        ExitCode: exitCode,
        Reason: reason,
        ResourceRequirements: parameters.ContainerOverrides.ResourceRequirements,
      }),
    },
  };
  if (exitCode !== undefined)
    services.listener.jobEnded({
      exitCode,
      ...withoutEmpty({ reason: end.isTimedOut ? TIMED_OUT_REASON : reason }),
    });
  if (isSuccess) return detail;
  throw new JobFailed(detail);
}

/** The secrets are in the environment of the job alone: no listener gets them. */
async function run(
  job: RunnableJob,
  { containerProperties: { secrets } }: JobDefinitionToRegister,
  { runner, readSecret, listener }: BatchServices,
  signal: AbortSignal,
): Promise<JobExit> {
  const environment = { ...job.environment, ...(await readSecrets(secrets, readSecret)) };
  return runner.run({ ...job, environment }, (line) => listener.jobOutput(line), signal);
}

async function toRunnable(
  { ContainerOverrides }: SubmitJobParameters,
  { containerProperties: container }: JobDefinitionToRegister,
  services: BatchServices,
): Promise<RunnableJob> {
  const overrides = ContainerOverrides.Environment.map(({ Name, Value }) => [Name, Value] as const);
  const own = container.environment.map(({ name, value }) => [name, value] as const);
  const hostPaths = await hostPathsOf(container.volumes, services);
  const jobId = randomUUID();
  return {
    jobId,
    image: container.image,
    command: container.command,
    environment: { ...Object.fromEntries([...own, ...overrides]), ...batchVariables(jobId, 1) },
    mounts: container.mountPoints.map(
      ({ sourceVolume, containerPath, readOnly }): JobMount => ({
        hostPath: hostPaths.get(sourceVolume) ?? '',
        containerPath,
        readOnly,
      }),
    ),
  };
}

async function hostPathsOf(volumes: readonly EfsVolume[], { root, fileSystems }: BatchServices) {
  const accessPoints = await fileSystems.accessPoints();
  return new Map(
    volumes.map(({ name, efsVolumeConfiguration: { fileSystemId, authorizationConfig } }) => {
      const accessPoint = accessPoints.find(
        ({ accessPointId }) => accessPointId === authorizationConfig.accessPointId,
      );
      const location = efsLocation(fileSystemId, accessPoint?.path ?? '/');
      return [name, toMountedPath(location, root.mounts).path];
    }),
  );
}
