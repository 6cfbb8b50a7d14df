/** Prepares a demand for this machine. */
import { isScaffoldingRequest } from '../../src/context/request';
import { isJsonObject, withoutEmpty } from '../../src/wire/json';
import type { LocalRoot } from '../world/root';

export type RunnerName = 'process' | 'docker';

/**
 * Returns the state machine's input. Local folders replace the file systems of the request. A job without a container uses
 * the paths of these folders.
 */
export function localInput(document: unknown, root: LocalRoot, runner: RunnerName): unknown {
  const request = isScaffoldingRequest(document) ? document : { demand_execution: document };
  const given = request.file_system_configurations ?? request.fileSystemConfigurations;
  const { fileSystemConfigurations: _, ...rest } = request;
  const configured = isJsonObject(given) ? given : {};
  const hasTmp = [configured.tmp ?? []].flat().length > 0;
  const place = (role: 'scratch' | 'shared' | 'tmp') =>
    runner === 'process' ? { container_path: root.processPath(role) } : containerPathOf(configured[role]);
  return {
    ...rest,
    file_system_configurations: {
      scratch: place('scratch'),
      shared: place('shared'),
      ...(hasTmp && { tmp: place('tmp') }),
    },
  };
}

function containerPathOf(candidates: unknown): { container_path?: unknown } {
  const [first] = [candidates].flat();
  const path = isJsonObject(first) ? (first.container_path ?? first.containerPath) : undefined;
  return withoutEmpty({ container_path: path });
}
