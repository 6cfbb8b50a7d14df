/** What a run would do, without a change to anything. */
import { type BuiltContext, buildContext } from '../../src/context/context';
import { readRequestOrRefuse } from '../../src/context/request';
import type { Transfer } from '../../src/demand/parameters';
import { chooseCandidates } from '../../src/efs/configuration';
import type { Volumes } from '../../src/efs/model';
import { resolveVolumes } from '../../src/efs/resolve';
import { refuseIfAny } from '../../src/errors';
import { readDataSyncRequest } from '../../src/transfer/request';
import { measureSource, type SourceLimits } from '../../src/transfer/source';
import { localFileSystems } from '../world/file-systems';
import { LOCAL_SURROUNDINGS } from '../world/root';
import { seededStores } from '../world/stores';
import { type ExamineOptions, examineDocument } from './examine';
import { ignoredFields } from './ignored-fields';
import { localInput } from './input';

export interface DemandPlan {
  readonly executionId: string;
  readonly volumes: Volumes;
  readonly inputs: readonly PlannedInput[];
  readonly outputs: readonly Pick<Transfer, 'name' | 'path' | 'remote'>[];
  readonly response: BuiltContext['response'];
  /** Pointers of fields that nobody reads. */
  readonly ignoredFields: readonly string[];
}

export interface PlannedInput extends Pick<Transfer, 'name' | 'path' | 'remote'> {
  readonly files: number;
  readonly bytes: number;
  /** In one call, or through the data-sync state machine. */
  readonly way: 'inline' | 'data-sync';
}

/** @throws DemandValidationError naming every mistake */
export async function planDemand(
  document: unknown,
  options: ExamineOptions & { readonly inlineLimits: SourceLimits },
): Promise<DemandPlan> {
  const { root, runner, seed, signal, inlineLimits } = options;
  const { problems, layout } = await examineDocument(document, options);
  refuseIfAny(problems);
  const request = readRequestOrRefuse(localInput(document, root, runner));
  const { executionId } = request.demandExecution;
  const chosen = chooseCandidates(request.fileSystemConfigurations, executionId);
  const volumes = await resolveVolumes(chosen, LOCAL_SURROUNDINGS.envBase, localFileSystems);
  const { response } = buildContext(request, volumes, root.mounts, LOCAL_SURROUNDINGS);
  const { inputs = [], outputs = [] } = layout?.parameters ?? {};
  const stores = seededStores(root, seed);
  const measured = response.setup_configs.data_sync_requests.map((sync) =>
    measureSource(readDataSyncRequest(sync), UNLIMITED, { stores, signal }),
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
    outputs: outputs.map(({ name, path, remote }) => ({ name, path, remote })),
    response,
    ignoredFields: ignoredFields(document),
  };
}

const UNLIMITED: SourceLimits = { maxBytes: Number.POSITIVE_INFINITY, maxFiles: Number.POSITIVE_INFINITY };
