import { type ScratchWorld, writeDocument } from '../paths/documents';
import { readPutJsonToFileRequest } from '../paths/request';

/**
 * Writes a JSON document: `{content, path?}` in, `{path}` out.
 *
 * @throws DemandValidationError, FileSystemNotMounted, UnsafePath; nothing was written then
 */
export async function putJsonToFile(event: unknown, world: ScratchWorld) {
  return { path: await writeDocument(readPutJsonToFileRequest(event), world) };
}
