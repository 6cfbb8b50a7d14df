import { type ScratchWorld, writeDocument } from '../paths/documents';
import { readPutJsonToFileRequest } from '../paths/request';

/**
 * `{content, path?}` in, `{path}` out: where the JSON document now is.
 *
 * @throws DemandValidationError, FileSystemNotMounted, UnsafePath; nothing has been written then
 */
export async function putJsonToFile(event: unknown, world: ScratchWorld) {
  return { path: await writeDocument(readPutJsonToFileRequest(event), world) };
}
