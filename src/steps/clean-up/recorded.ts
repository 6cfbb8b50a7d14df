/** Removes what an execution has put outside of a working directory of its own: its records as a reader tell of it. */
import { DataPathInUse } from '../../errors';
import type { RemovalWorld } from '../../paths/remove';
import type { Readers, UseWorld } from '../../transfer/lease/readers';
import { contains, type Location } from '../../transfer/location';
import { tryFindMount } from '../../transfer/mounts';
import { localLocation } from '../../transfer/schemes/file-systems';
import { type RemoveDataPathsWorld, removeLocations } from '../remove-data-paths';

/**
 * Those places in the given paths that an execution has on record, on the file systems that are mounted here. An input
 * that is staged where no directory of the execution's own is (it may be gone, or on another file system) is recorded
 * before the first file of it comes, and until the execution's things have been removed: so this finds what is still
 * to be removed where nothing else tells whose it is, and nothing once that is done.
 */
export async function recordedIn(
  paths: readonly Location[],
  executionArn: string,
  { use, settings: { mounts } }: RemovalWorld,
): Promise<readonly Location[]> {
  if (use === undefined) return [];
  const removable = paths.flatMap((path) => tryFindMount(path, mounts)?.location ?? []);
  const found = [];
  for (const { path } of mounts) found.push(...(await use.readers.around(localLocation(path))));
  return found
    .filter(({ execution }) => execution === executionArn)
    .map(({ location }) => location)
    .filter((location) => removable.some((path) => contains(path, location)));
}

/**
 * Removes them, and gives free what the execution has read. That comes last: a removal that did not come to its end is
 * taken up again by the next call, which finds them by their records.
 *
 * @throws RemovalFailed, and DataPathInUse where another execution reads them: it is to remove them then
 */
export async function removeRecorded(
  locations: readonly Location[],
  executionArn: string,
  world: RemoveDataPathsWorld,
) {
  const { use } = world;
  const release = () => removeLocations([], executionArn, world);
  try {
    const removed = await removeLocations(locations, undefined, {
      ...world,
      ...(use && { use: besides(executionArn, use) }),
    });
    await release();
    return removed;
  } catch (error) {
    if (error instanceof DataPathInUse) await release();
    throw error;
  }
}

/** As if one execution had no records. */
function besides(executionArn: string, use: UseWorld): UseWorld {
  const { add, around, drop } = use.readers;
  const readers: Readers = {
    add,
    drop,
    around: async (location) =>
      (await around(location)).filter(({ execution }) => execution !== executionArn),
  };
  return { ...use, readers };
}
