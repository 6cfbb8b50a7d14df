import * as v from 'valibot';
import { type Documents, readWrittenRequest } from '../context/references';
import { readRequestOrRefuse } from '../context/request';
import { chooseCandidates } from '../efs/configuration';
import { type RoutingSettings, routeToFileSystem, writeRoute } from '../efs/function-routing';
import { type FileSystemDirectory, type Volumes, writeVolumes } from '../efs/model';
import { type ResolveSettings, resolveVolumes } from '../efs/resolve';
import type { StageSettings } from '../stage-settings';
import { model, readModel } from '../wire/schema';

interface ResolveEfsSettings extends Pick<StageSettings, 'containerRoot'>, ResolveSettings {}

export interface ResolveEfsWorld {
  readonly fileSystems: FileSystemDirectory;
  /** Required for an event with `request_uri`. */
  readonly documents?: Documents;
  readonly settings: ResolveEfsSettings;
}

/**
 * Second step of a machine: finds the volumes. A scaffolding request in, one volume for each role out.
 *
 * @throws DemandValidationError, FileSystemNotFound, FileSystemAmbiguous, AccessPointNotFound, AccessPointAmbiguous
 */
export async function resolveEfs(event: unknown, world: ResolveEfsWorld) {
  return writeVolumes(await volumesOf(event, world));
}

async function volumesOf(event: unknown, world: ResolveEfsWorld): Promise<Volumes> {
  const { fileSystems, documents, settings } = world;
  const request = await readWrittenRequest(event, documents);
  const { fileSystemConfigurations, demandExecution } = readRequestOrRefuse(request);
  const chosen = chooseCandidates(
    fileSystemConfigurations,
    demandExecution.executionId,
    settings.containerRoot,
  );
  return resolveVolumes(chosen, settings, fileSystems);
}

const eventSchema = model({ request: v.unknown() });

/**
 * Does {@link resolveEfs} for a state machine: `{request}` in, `{volumes, route}` out. The route leads to the functions
 * that mount the scratch file system.
 *
 * @throws the errors of {@link resolveEfs}
 */
export async function resolveEfsForState(
  event: unknown,
  world: ResolveEfsWorld & { readonly settings: RoutingSettings },
) {
  const { request } = readModel(eventSchema, event);
  const volumes = await volumesOf(request, world);
  const route = routeToFileSystem(volumes.scratch.fileSystemId, world.settings.routing);
  return { volumes: writeVolumes(volumes), route: writeRoute(route) };
}
