import { type PathWorld, treeRootOf, unreadableField } from '../paths/entries';
import { listPaths } from '../paths/list';
import { listDataPathsRequestSchema } from '../paths/request';
import { compileFilters } from '../transfer/filters';
import { readModel } from '../wire/schema';

/**
 * Contract, "Paths": `{path, include?, exclude?}` in, `{paths}` out, folders and the path itself among them. Filters
 * match the beginning here. Ours: `unreadable_paths`, where something could not be looked at.
 *
 * @throws DemandValidationError, FileSystemNotMounted, UnsafePath
 */
export async function listDataPaths(event: unknown, world: PathWorld) {
  const { path, ...patterns } = readModel(listDataPathsRequestSchema, event);
  const root = treeRootOf(path);
  const filters = compileFilters(patterns, 'beginning');
  const { paths, unreadable } = await listPaths(root, filters, world);
  return { paths, ...unreadableField(root, unreadable) };
}
