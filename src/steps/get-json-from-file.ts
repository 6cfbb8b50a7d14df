import { type DocumentWorld, readDocument } from '../paths/documents';
import { getJsonFromFileRequestSchema } from '../paths/request';
import { readModel } from '../wire/schema';

/**
 * Reads the JSON document at a path: `{path}` in, `{content}` out.
 *
 * @throws DemandValidationError, DataSourceMissing, UnusableDocument, FileSystemNotMounted, UnsafePath
 */
export async function getJsonFromFile(event: unknown, world: DocumentWorld) {
  return { content: await readDocument(readModel(getJsonFromFileRequestSchema, event).path, world) };
}
