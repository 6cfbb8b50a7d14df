import { buildContext } from '../context/context';
import { readValidRequest } from '../context/examine';
import type { LayoutSettings } from '../context/layout';
import type { FileSystemDirectory } from '../efs/model';
import { resolveVolumes } from '../efs/resolve';
import type { MountPoint } from '../transfer/mounts';
import { makeFiles, type WorkingFiles } from './build-context';

export interface ScaffoldingWorld {
  readonly fileSystems: FileSystemDirectory;
  readonly files: WorkingFiles;
  /** Returns the mounts of this process. */
  readonly findMounts: () => Promise<readonly MountPoint[]>;
  readonly settings: LayoutSettings;
}

/**
 * Does the steps resolve-efs and build-context in one call, as the contract's "Scaffolding" does for state machines of
 * the original.
 *
 * @throws DemandValidationError, FileSystemNotFound, FileSystemAmbiguous, AccessPointNotFound, AccessPointAmbiguous;
 * nothing was made then
 */
export async function scaffolding(event: unknown, world: ScaffoldingWorld) {
  const { settings } = world;
  const valid = readValidRequest(event, settings);
  const [volumes, mounts] = await Promise.all([
    resolveVolumes(valid.layout.chosen, settings.envBase, world.fileSystems),
    world.findMounts(),
  ]);
  const built = buildContext(valid, volumes, { ...settings, mounts });
  await makeFiles(built, world.files);
  return built.response;
}
