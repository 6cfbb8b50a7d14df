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
}

/**
 * Second step: a scaffolding request in, one volume a role out.
 *
 * @throws DemandValidationError, FileSystemNotFound, FileSystemAmbiguous, AccessPointNotFound, AccessPointAmbiguous
 */
export async function resolveEfs(event: unknown, { envBase, fileSystems, documents }: ResolveEfsWorld) {
  const request = await readWrittenRequest(event, documents);
  const { fileSystemConfigurations, demandExecution } = readRequestOrRefuse(request);
  const chosen = chooseCandidates(fileSystemConfigurations, demandExecution.executionId);
  return writeVolumes(await resolveVolumes(chosen, envBase, fileSystems));
}
