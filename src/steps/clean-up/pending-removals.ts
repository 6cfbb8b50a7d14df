/** Removals for an execution that has ended, beside those for others that go on. */
import { describeError, RemovalFailed } from '../../errors';
import { explainFailures, type MovedTrees, type RemovalWorld, type Trees } from '../../paths/remove';
import { contains, type Location } from '../../transfer/location';
import { type MountedPath, tryFindMount } from '../../transfer/mounts';
import { localLocation } from '../../transfer/schemes/file-systems';

interface EndedRemovals {
  /** There was one that had not come to its end. */
  readonly isFound: boolean;
  /** A line each for what could not be removed. */
  readonly failures: readonly string[];
}

/** Ends what was moved aside and not removed to its end: by the machine, or an earlier call of the cleaner. */
export async function endRemovals(
  paths: readonly Location[],
  world: RemovalWorld & { readonly trees: MovedTrees },
): Promise<EndedRemovals> {
  const ended: EndedRemovals[] = [];
  for (const path of paths) {
    const found = tryFindMount(path, world.settings.mounts);
    if (found !== undefined) ended.push(await endRemoval(found, world));
  }
  return {
    isFound: ended.some(({ isFound }) => isFound),
    failures: ended.flatMap(({ failures }) => failures),
  };
}

async function endRemoval(
  { location, mount }: MountedPath,
  { trees, signal }: RemovalWorld & { readonly trees: MovedTrees },
): Promise<EndedRemovals> {
  try {
    const removed = await trees.removeAside(location.path, mount.path, signal);
    return { isFound: removed !== undefined, failures: removed?.failures ?? [] };
  } catch (error) {
    signal.throwIfAborted();
    return { isFound: false, failures: [`${location.path}: ${describeError(error).message}`] };
  }
}

/** @throws RemovalFailed where there are any */
export function refuseFailures(failures: readonly string[]): void {
  if (failures.length === 0) return;
  throw new RemovalFailed(explainFailures(failures));
}

/**
 * The same trees without those in a folder that is another's by then. It may come to be while this works: the same event
 * may be told twice, and whoever is the first to remove the folder lets another attempt have its name.
 */
export function sparing(
  folder: string | undefined,
  isOthers: () => Promise<boolean>,
  trees: Trees & MovedTrees,
): Trees & MovedTrees {
  const isSpared = async (path: string) => isIn(folder, localLocation(path)) && (await isOthers());
  return {
    removeTree: async (path, root, signal) =>
      (await isSpared(path)) ? undefined : trees.removeTree(path, root, signal),
    removeAside: async (path, root, signal) =>
      path !== folder && (await isSpared(path)) ? undefined : trees.removeAside(path, root, signal),
  };
}

export function isIn(folder: string | undefined, location: Location): boolean {
  return folder !== undefined && contains(localLocation(folder), location);
}
