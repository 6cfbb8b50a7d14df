/** Prepares a demand for this machine. */
import { isScaffoldingRequest, readField } from '../../src/context/request';
import { VOLUME_ROLES, type VolumeRole } from '../../src/efs/model';
import { isJsonObject, withoutEmpty } from '../../src/wire/json';
import type { LocalRoot } from '../world/root';

export type RunnerName = 'process' | 'docker';

/**
 * Returns the state machine's input. Local folders replace the file systems of the request. A job without a container uses
 * the paths of these folders.
 *
 * An access point with the name of its role, or with a name such as `archive-scratch`, becomes the role's local folder.
 * Any other name stays, and Normalise refuses it.
 */
export function localInput(document: unknown, root: LocalRoot, runner: RunnerName): object {
  const request = isScaffoldingRequest(document) ? document : { demand_execution: document };
  const given = readField(request, 'file_system_configurations');
  const { fileSystemConfigurations: _, ...rest } = request;
  const configured = isJsonObject(given) ? given : {};
  const placed = VOLUME_ROLES.map((role) => {
    const candidates = [configured[role] ?? []].flat();
    if (role === 'tmp' && candidates.length === 0) return {};
    const container_path =
      runner === 'process' ? root.processPath(role) : readField(candidates[0], 'container_path');
    return { [role]: withoutEmpty({ container_path, access_point: foreignAccessPoint(role, candidates) }) };
  });
  return { ...rest, file_system_configurations: Object.assign({}, ...placed) };
}

/** Returns the first access point that has no local folder. */
function foreignAccessPoint(role: VolumeRole, candidates: readonly unknown[]): unknown {
  return candidates
    .map((candidate) => readField(candidate, 'access_point'))
    .find((name) => typeof name === 'string' && name !== '' && name !== role && !name.endsWith(`-${role}`));
}
