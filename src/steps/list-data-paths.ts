import { type PathWorld, treeRootOf, unreadableField } from '../paths/entries';
import { listPaths } from '../paths/list';
import { listDataPathsRequestSchema } from '../paths/request';
import type { RuledWorld } from '../rules/model';
import { refuseForbidden } from '../rules/rules';
import { compileFilters } from '../transfer/filters';
import { readModel } from '../wire/schema';

/**
 * Lists a path: the contract's `{path, include?, exclude?}` in, `{paths}` out. The list has files, folders and the path
 * itself. Here a filter matches the beginning of a path. The field `unreadable_paths` is not in the original.
 *
 * @throws DemandValidationError, FileSystemNotMounted, UnsafePath
 */
export async function listDataPaths(event: unknown, world: PathWorld & RuledWorld) {
  const { path, ...patterns } = readModel(listDataPathsRequestSchema, event);
  refuseForbidden({ reads: [{ pointer: '/path', value: path }] }, world.settings.rules);
  const root = treeRootOf(path);
  const filters = compileFilters(patterns, 'beginning');
  const { paths, unreadable } = await listPaths(root, filters, world);
  return { paths, ...unreadableField(root, unreadable) };
}
