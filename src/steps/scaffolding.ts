import { buildContext } from '../context/context';
import { type ExamineSettings, readValidRequest } from '../context/examine';
import { isScaffoldingRequest } from '../context/request';
import { workingDirectoryProblems } from '../context/stage-rules';
import type { FileSystemDirectory } from '../efs/model';
import { type ResolveSettings, resolveVolumes } from '../efs/resolve';
import { refuseIfAny } from '../errors';
import type { MountPoint } from '../transfer/mounts';
import { makeFiles, type WorkingFiles } from './build-context';

export interface ScaffoldingWorld {
  readonly fileSystems: FileSystemDirectory;
  readonly files: WorkingFiles;
  /** Returns the mounts of this process. */
  readonly findMounts: () => Promise<readonly MountPoint[]>;
  readonly settings: ExamineSettings & ResolveSettings;
}

/**
 * Does the steps resolve-efs and build-context in one call, as the contract's "Scaffolding" does for state machines of
 * the original.
 *
 * @throws DemandValidationError, also for an access point that the stage does not list, FileSystemNotFound, FileSystemAmbiguous, AccessPointNotFound, AccessPointAmbiguous;
 * nothing was made then
 */
export async function scaffolding(event: unknown, world: ScaffoldingWorld) {
  const { settings } = world;
  const valid = readValidRequest(event, settings);
  const { executionId } = valid.request.demandExecution;
  const demandPointer = isScaffoldingRequest(event) ? '/demand_execution' : '';
  refuseIfAny(workingDirectoryProblems(executionId, settings.accessPoints, demandPointer));
  const [volumes, mounts] = await Promise.all([
    resolveVolumes(valid.layout.chosen, settings, world.fileSystems),
    world.findMounts(),
  ]);
  const built = buildContext(valid, volumes, { ...settings, mounts });
  await makeFiles(built, world.files);
  return built.response;
}
