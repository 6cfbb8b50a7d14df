import { buildContext } from '../context/context';
import { readRequestOrRefuse } from '../context/request';
import { chooseCandidates } from '../efs/configuration';
import { resolveVolumes } from '../efs/resolve';
import type { MountPoint } from '../transfer/mounts';
import { type BuildContextWorld, makeFiles } from './build-context';
import type { ResolveEfsWorld } from './resolve-efs';

export interface ScaffoldingWorld extends ResolveEfsWorld, Omit<BuildContextWorld, 'mounts'> {
  /** Looked up while the volumes are. */
  readonly mounts: () => Promise<readonly MountPoint[]>;
}

/**
 * Contract, "Scaffolding": resolve-efs and build-context in one call, for state machines of the original.
 *
 * @throws DemandValidationError, FileSystemNotFound, FileSystemAmbiguous, AccessPointNotFound,
 * AccessPointAmbiguous; nothing has been made then
 */
export async function scaffolding(event: unknown, world: ScaffoldingWorld) {
  const request = readRequestOrRefuse(event);
  const chosen = chooseCandidates(request.fileSystemConfigurations, request.demandExecution.executionId);
  const [volumes, mounts] = await Promise.all([
    resolveVolumes(chosen, world.envBase, world.fileSystems),
    world.mounts(),
  ]);
  const built = buildContext(request, volumes, mounts, world);
  await makeFiles(built, world.files);
  return built.response;
}
