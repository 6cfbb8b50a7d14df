import { type DocumentWorld, readDocument } from '../paths/documents';
import { getJsonFromFileRequestSchema } from '../paths/request';
import { readModel } from '../wire/schema';

/**
 * `{path}` in, `{content}` out: the JSON document at that path.
 *
 * @throws DemandValidationError, DataSourceMissing, UnusableDocument, FileSystemNotMounted, UnsafePath
 */
export async function getJsonFromFile(event: unknown, world: DocumentWorld) {
  return { content: await readDocument(readModel(getJsonFromFileRequestSchema, event).path, world) };
}
