import { type Documents, readWrittenRequest } from '../context/references';
import { readRequestOrRefuse } from '../context/request';
import { chooseCandidates } from '../efs/configuration';
import type { FileSystemDirectory } from '../efs/model';
import { resolveVolumes } from '../efs/resolve';
import { writeVolumes } from '../efs/wire';

export interface ResolveEfsWorld {
  readonly envBase: string;
  readonly fileSystems: FileSystemDirectory;
  readonly documents?: Documents;
  readonly containerRoot?: string;
}

/**
 * Second step: a scaffolding request in, one volume a role out.
 *
 * @throws DemandValidationError, FileSystemNotFound, FileSystemAmbiguous, AccessPointNotFound, AccessPointAmbiguous
 */
export async function resolveEfs(event: unknown, world: ResolveEfsWorld) {
  const { envBase, fileSystems, documents, containerRoot } = world;
  const request = await readWrittenRequest(event, documents);
  const { fileSystemConfigurations, demandExecution } = readRequestOrRefuse(request);
  const chosen = chooseCandidates(fileSystemConfigurations, demandExecution.executionId, containerRoot);
  return writeVolumes(await resolveVolumes(chosen, envBase, fileSystems));
}
