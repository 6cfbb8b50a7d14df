import { type PathWorld, rootPathOf, treeRootOf, unreadableField } from '../paths/entries';
import { getDataPathStatsRequestSchema } from '../paths/request';
import { measureTree, type PathStats } from '../paths/stats';
import { pythonPath } from '../python/path';
import { formatMoment } from '../python/time';
import type { RuledWorld } from '../rules/model';
import { refuseForbidden } from '../rules/rules';
import { readModel } from '../wire/schema';

/**
 * Measures a path: the contract's `{path}` in, `{path, path_stats, children}` out. Sizes are in bytes. A missing path
 * has the size 0 and the time 1970-01-01. The field `unreadable_paths` is not in the original.
 *
 * @throws DemandValidationError, FileSystemNotMounted, UnsafePath
 */
export async function getDataPathStats(event: unknown, world: PathWorld & RuledWorld) {
  const { path: given } = readModel(getDataPathStatsRequestSchema, event);
  refuseForbidden({ reads: [{ pointer: '/path', value: given }] }, world.settings.rules);
  const root = treeRootOf(given);
  const { children, unreadable, ...total } = await measureTree(root, world);
  const path = rootPathOf(root, children.size > 0);
  return {
    path: root.location.scheme.namedBy === 'text' ? path : pythonPath(path),
    path_stats: writeStats(total),
    children: Object.fromEntries(Array.from(children, ([name, stats]) => [name, writeStats(stats)])),
    ...unreadableField(root, unreadable),
  };
}

function writeStats({ size, count, modified }: PathStats) {
  return { size_bytes: size, object_count: count, last_modified: formatMoment(modified) };
}
