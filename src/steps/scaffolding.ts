import { buildContext } from '../context/context';
import { readValidRequest } from '../context/examine';
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
  const valid = readValidRequest(event, world);
  const [volumes, mounts] = await Promise.all([
    resolveVolumes(valid.layout.chosen, world.envBase, world.fileSystems),
    world.mounts(),
  ]);
  const built = buildContext(valid, volumes, mounts, world.envBase);
  await makeFiles(built, world.files);
  return built.response;
}
