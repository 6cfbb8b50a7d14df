import * as v from 'valibot';
import { type Documents, readWrittenRequest } from '../context/references';
import { readRequestOrRefuse } from '../context/request';
import { chooseCandidates } from '../efs/configuration';
import { type FunctionRouting, routeToFileSystem, writeRoute } from '../efs/function-routing';
import { type FileSystemDirectory, type Volumes, writeVolumes } from '../efs/model';
import { resolveVolumes } from '../efs/resolve';
import { model, readModel } from '../wire/schema';

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
  return writeVolumes(await volumesOf(event, world));
}

async function volumesOf(event: unknown, world: ResolveEfsWorld): Promise<Volumes> {
  const { envBase, fileSystems, documents, containerRoot } = world;
  const request = await readWrittenRequest(event, documents);
  const { fileSystemConfigurations, demandExecution } = readRequestOrRefuse(request);
  const chosen = chooseCandidates(fileSystemConfigurations, demandExecution.executionId, containerRoot);
  return resolveVolumes(chosen, envBase, fileSystems);
}

const eventSchema = model({ request: v.unknown() });

/**
 * The same for a state machine: `{request}` in, `{volumes, route}` out, the route to the functions that have the
 * scratch file system.
 */
export async function resolveEfsForState(
  event: unknown,
  world: ResolveEfsWorld & { readonly routing: FunctionRouting },
) {
  const { request } = readModel(eventSchema, event);
  const volumes = await volumesOf(request, world);
  const route = routeToFileSystem(volumes.scratch.fileSystemId, world.routing);
  return { volumes: writeVolumes(volumes), route: writeRoute(route) };
}
