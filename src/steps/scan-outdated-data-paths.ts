import type { Clock } from '../clock';
import { type PathWorld, treeRootOf, unreadableField } from '../paths/entries';
import { findOutdated } from '../paths/outdated';
import { outdatedDataPathScannerRequestSchema } from '../paths/request';
import type { RuledWorld } from '../rules/model';
import { refuseForbidden } from '../rules/rules';
import { withoutEmpty } from '../wire/json';
import { readModel } from '../wire/schema';

const MICROSECONDS_A_DAY = 86_400_000_000;

export interface ScanWorld extends PathWorld, RuledWorld {
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Finds the paths without a change for `days_since_last_accessed`: the contract's request in, `{paths}` out. Nothing is
 * removed. The field `unreadable_paths` is not in the original.
 *
 * @throws DemandValidationError, FileSystemNotMounted, UnsafePath
 */
export async function scanOutdatedDataPaths(event: unknown, world: ScanWorld) {
  const request = readModel(outdatedDataPathScannerRequestSchema, event);
  const { path, maxDepth, minDepth, currentTime = world.clock.now() * 1000 } = request;
  refuseForbidden({ reads: [{ pointer: '/path', value: path }] }, world.settings.rules);
  const root = treeRootOf(path);
  const limits = {
    changedBefore: currentTime - request.daysSinceLastAccessed * MICROSECONDS_A_DAY,
    minSizeBytes: request.minSizeBytesAllowed,
    ...withoutEmpty({ maxDepth, minDepth }),
  };
  const { paths, unreadable } = await findOutdated(root, limits, world);
  return { paths, ...unreadableField(root, unreadable) };
}
