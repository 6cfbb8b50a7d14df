import * as v from 'valibot';
import { type BatchWorld, prepareBatchArgs as prepare } from '../batch/prepare';
import { type BatchCreateRequest, batchCreateRequestSchema } from '../batch/request';
import { endedJobSchema } from '../batch/retries/ended-jobs';
import { type JobArgs, type JobPlan, planJob, planRetry } from '../batch/retries/job-plan';
import type { JobSettings } from '../batch/retries/settings';
import { jobVolumeProblems } from '../batch/volumes';
import type { StageAccessPoints } from '../efs/stage-access-points';
import { refuseIfAny } from '../errors';
import { askedOfJob } from '../rules/asked';
import { jobSettingsWithin } from '../rules/jobs';
import type { RuleSettings } from '../rules/model';
import { ruleProblems } from '../rules/rules';
import { isJsonObject } from '../wire/json';
import { listOf, model, readModel, text, writeModel } from '../wire/schema';

interface StageJobSettings extends RuleSettings {
  /** The access points that the stage lists for each role. */
  readonly accessPoints: StageAccessPoints;
}

export interface JobWorld extends BatchWorld {
  readonly settings: BatchWorld['settings'] & StageJobSettings;
}

export interface JobPlanWorld extends JobWorld {
  readonly settings: JobWorld['settings'] & { readonly jobs: JobSettings };
}

const pairs = <N extends string>(name: N) =>
  listOf(v.object({ [name]: text(), Value: text() } as Record<N | 'Value', ReturnType<typeof text>>));

/** The answer of {@link prepare}. Only the fields that a retry changes are read. */
const argsSchema = v.pipe(
  v.looseObject({
    container_overrides: v.object({ Environment: pairs('Name'), ResourceRequirements: pairs('Type') }),
  }),
  v.transform((args) => args as unknown as JobArgs),
);

const planSchema = model({ batchCreateRequest: batchCreateRequestSchema });
const retrySchema = model({
  batchCreateRequest: batchCreateRequestSchema,
  args: argsSchema,
  endedJobs: listOf(endedJobSchema),
  failure: v.object({ Error: text(), Cause: v.optional(text(), '') }),
});

/**
 * Prepares the arguments of `batch:submitJob`, see {@link prepare}. The event is the contract's batch create request,
 * or an object with it in the field `batch_create_request`.
 *
 * @throws DemandValidationError, ImageNotFound, JobQueueNotFound; nothing was registered then
 */
export async function prepareBatchArgs(event: unknown, world: JobWorld) {
  const isNamed = isJsonObject(event) && 'batch_create_request' in event;
  const request = readModel(batchCreateRequestSchema, isNamed ? event.batch_create_request : event);
  return preparePermitted(request, world);
}

function preparePermitted(request: BatchCreateRequest, world: JobWorld) {
  const { rules, accessPoints } = world.settings;
  refuseIfAny([...ruleProblems(askedOfJob(request), rules), ...jobVolumeProblems(request, accessPoints)]);
  return prepare(request, world);
}

/**
 * Plans the next job of a machine's execution.
 *
 * - `{batch_create_request, ended_jobs: []}` plans the first job, and so prepares its arguments.
 * - `{batch_create_request, args, ended_jobs, failure}` decides about a job that has failed: `RETRY` or `EXIT`.
 * - Any other event gets the answer of {@link prepareBatchArgs}.
 *
 * @returns `{action, args, time_out, wait_seconds, ended_jobs, failure}`
 * @throws the errors of {@link prepareBatchArgs}
 */
export async function planNextJob(event: unknown, world: JobPlanWorld) {
  if (!isJsonObject(event) || !('ended_jobs' in event)) return prepareBatchArgs(event, world);
  const jobs = jobSettingsWithin(world.settings.jobs, world.settings.rules);
  if (!('failure' in event)) {
    const { batchCreateRequest } = readModel(planSchema, event);
    return writePlan(planJob(batchCreateRequest, await preparePermitted(batchCreateRequest, world), jobs));
  }
  const { batchCreateRequest, ...failed } = readModel(retrySchema, event);
  return writePlan(planRetry(batchCreateRequest, failed, jobs));
}

function writePlan({ action, args, timeOut, waitSeconds, endedJobs, failure }: JobPlan) {
  return {
    action,
    args,
    time_out: {
      attempt_duration_seconds: timeOut.attemptDurationSeconds,
      run_job_seconds: timeOut.runJobSeconds,
    },
    wait_seconds: waitSeconds,
    ended_jobs: endedJobs.map((job) => writeModel(endedJobSchema, job)),
    failure,
  };
}
