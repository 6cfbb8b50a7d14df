/**
 * Removes the inputs of an ended execution outside of its working directory. Its records as a reader show the paths.
 */
import { DataPathInUse } from '../../errors';
import type { RemovalWorld } from '../../paths/remove';
import type { Readers, UseWorld } from '../../transfer/lease/readers';
import { contains, type Location } from '../../transfer/location';
import { tryFindMount } from '../../transfer/mounts';
import { localLocation } from '../../transfer/schemes/file-systems';
import { type RemoveDataPathsWorld, removeLocations } from '../remove-data-paths';

/**
 * Finds the recorded inputs of an execution inside the given paths, on the mounted file systems. An input is recorded
 * before its first file arrives, and the record stays until the removal of the input. So the records show what is left
 * when the working directory is gone or on another file system.
 */
export async function findRecorded(
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
 * Removes recorded inputs, and then the records of the execution. The records come last, because after a failed removal
 * the next call finds the inputs by their records.
 *
 * @throws RemovalFailed
 * @throws DataPathInUse when another execution reads an input; that execution removes the input at its end
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
      ...(use && { use: withoutRecordsOf(executionArn, use) }),
    });
    await release();
    return removed;
  } catch (error) {
    if (error instanceof DataPathInUse) await release();
    throw error;
  }
}

/** Returns the use of paths without the records of one execution. */
function withoutRecordsOf(executionArn: string, use: UseWorld): UseWorld {
  const { add, around, drop } = use.readers;
  const readers: Readers = {
    add,
    drop,
    around: async (location) =>
      (await around(location)).filter(({ execution }) => execution !== executionArn),
  };
  return { ...use, readers };
}
