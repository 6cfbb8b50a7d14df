import { type ScratchWorld, writeDocument } from '../paths/documents';
import { readPutJsonToFileRequest } from '../paths/request';
import type { RuledWorld } from '../rules/model';
import { refuseForbidden } from '../rules/rules';

/**
 * Writes a JSON document: `{content, path?}` in, `{path}` out.
 *
 * @throws DemandValidationError, FileSystemNotMounted, UnsafePath; nothing was written then
 */
export async function putJsonToFile(event: unknown, world: ScratchWorld & RuledWorld) {
  const request = readPutJsonToFileRequest(event);
  // A document without a path goes to the bucket of the service.
  const writes = [request.path ?? []].flat().map((value) => ({ pointer: '/path', value }));
  refuseForbidden({ writes }, world.settings.rules);
  return { path: await writeDocument(request, world) };
}
