import { type DocumentWorld, readDocument } from '../paths/documents';
import { getJsonFromFileRequestSchema } from '../paths/request';
import type { RuledWorld } from '../rules/model';
import { refuseForbidden } from '../rules/rules';
import { readModel } from '../wire/schema';

/**
 * Reads the JSON document at a path: `{path}` in, `{content}` out.
 *
 * @throws DemandValidationError, DataSourceMissing, UnusableDocument, FileSystemNotMounted, UnsafePath
 */
export async function getJsonFromFile(event: unknown, world: DocumentWorld & RuledWorld) {
  const { path } = readModel(getJsonFromFileRequestSchema, event);
  refuseForbidden({ documents: [{ pointer: '/path', value: path }] }, world.settings.rules);
  return { content: await readDocument(path, world) };
}
