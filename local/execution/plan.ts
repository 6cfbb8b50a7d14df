/** Plans a run, and changes nothing. */
import { memorySteps } from '../../src/batch/retries/memory';
import { describeRule } from '../../src/batch/retries/rules';
import { DEFAULT_JOB_SETTINGS, type JobSettings, memorySettingsOf } from '../../src/batch/retries/settings';
import { type BuiltContext, buildContext } from '../../src/context/context';
import { readValidRequest } from '../../src/context/examine';
import { ignoredFields } from '../../src/context/ignored-fields';
import { isMirror } from '../../src/context/sync-requests';
import type { DemandExecution } from '../../src/demand/model';
import type { ParameterTransfer } from '../../src/demand/parameters';
import type { Volumes } from '../../src/efs/model';
import { resolveVolumes } from '../../src/efs/resolve';
import { refuseIfAny } from '../../src/errors';
import { jobSettingsWithin } from '../../src/rules/jobs';
import { describeRules } from '../../src/rules/rules';
import { parseLocation } from '../../src/transfer/location';
import { toMountedPath } from '../../src/transfer/mounts';
import { readDataSyncRequest } from '../../src/transfer/request';
import { measureSource, type SourceLimits } from '../../src/transfer/source';
import { LOCAL_ACCESS_POINTS, localFileSystems } from '../world/file-systems';
import { LOCAL_RULES, LOCAL_STAGE } from '../world/root';
import { seededStores } from '../world/stores';
import { type ExamineOptions, examineDocument } from './examine';
import { localInput } from './input';

export interface DemandPlan {
  readonly executionId: string;
  readonly volumes: Volumes;
  readonly inputs: readonly PlannedInput[];
  readonly outputs: readonly PlannedOutput[];
  /** Folders and files of this machine that the run removes at its end. */
  readonly removals: readonly string[];
  readonly response: BuiltContext['response'];
  readonly job: PlannedJob;
  /** Pointers of fields that the schema does not have. */
  readonly ignoredFields: readonly string[];
  /** The rules of the stage in words. */
  readonly rules: readonly string[];
}

interface PlannedOutput extends Pick<ParameterTransfer, 'name' | 'path' | 'remote'> {
  /** True: files at the destination that the output does not have are removed. */
  readonly isMirror: boolean;
}

interface PlannedJob {
  /** Seconds of each attempt of a job. */
  readonly attemptDurationSeconds: number;
  /** MiB of the first job, and of each job after a lack of memory. */
  readonly memory: readonly number[];
  /** The rules of the demand, as text. They come before the default rules of docs/retries.md. */
  readonly retryRules: readonly string[];
}

interface PlannedInput extends Pick<ParameterTransfer, 'name' | 'path' | 'remote'> {
  readonly files: number;
  readonly bytes: number;
  /** `inline`: in one call; `data-sync`: through the data-sync state machine. */
  readonly way: 'inline' | 'data-sync';
}

/** Stands for the random name that a run gives to its environment file. */
const RANDOM_NAME = 'RANDOM-NAME';

/** @throws DemandValidationError naming every mistake */
export async function planDemand(
  document: unknown,
  options: ExamineOptions & { readonly inlineLimits: SourceLimits },
): Promise<DemandPlan> {
  const { root, runner, seed, signal, inlineLimits, rules = LOCAL_RULES } = options;
  const stage = { ...LOCAL_STAGE, accessPoints: LOCAL_ACCESS_POINTS, rules };
  refuseIfAny((await examineDocument(document, options)).problems);
  const valid = readValidRequest(localInput(document, root, runner), stage);
  const { executionId } = valid.request.demandExecution;
  const { chosen, parameters } = valid.layout;
  const volumes = await resolveVolumes(chosen, stage, localFileSystems);
  const { response } = buildContext(valid, volumes, {
    ...stage,
    mounts: root.volumes,
    hiddenName: RANDOM_NAME,
  });
  const { inputs, outputs } = parameters;
  const stores = seededStores(root, seed);
  const measured = response.setup_configs.data_sync_requests.map((sync) =>
    measureSource(readDataSyncRequest(sync), { stores, signal }),
  );
  const sizes = await Promise.all(measured);
  return {
    executionId,
    volumes,
    inputs: inputs.map(({ name, path, remote }, index) => {
      const { files, bytes } = sizes[index] ?? { files: 0, bytes: 0 };
      const isLarge = files > inlineLimits.maxFiles || bytes > inlineLimits.maxBytes;
      return { name, path, remote, files, bytes, way: isLarge ? 'data-sync' : 'inline' };
    }),
    outputs: outputs.map((output) => {
      const { name, path, remote } = output;
      return { name, path, remote, isMirror: isMirror(output, rules) };
    }),
    removals: response.cleanup_configs.remove_data_paths_requests
      .flatMap(({ paths }) => paths)
      .map((path) => toMountedPath(parseLocation(path), root.volumes).path),
    response,
    job: planJob(valid.request.demandExecution, jobSettingsWithin(DEFAULT_JOB_SETTINGS, rules)),
    ignoredFields: ignoredFields(document),
    rules: describeRules(rules),
  };
}

function planJob(
  { executionPlatform, resourceRequirements }: DemandExecution,
  stage: JobSettings,
): PlannedJob {
  const { timeout, retry } = executionPlatform.awsBatch;
  return {
    attemptDurationSeconds: (timeout ?? stage).attemptDurationSeconds,
    memory: memorySteps(resourceRequirements.memory ?? 0, memorySettingsOf(retry, stage)),
    retryRules: (retry?.rules ?? []).map(describeRule),
  };
}
