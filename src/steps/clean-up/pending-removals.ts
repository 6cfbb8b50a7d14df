/** Removals of an ended execution that an earlier call has not finished, and folders that must stay. */
import { describeError, RemovalFailed } from '../../errors';
import { explainFailures, type MovedTrees, type RemovalWorld, type Trees } from '../../paths/remove';
import { contains, type Location } from '../../transfer/location';
import { type MountedPath, tryFindMount } from '../../transfer/mounts';
import { localLocation } from '../../transfer/schemes/file-systems';

interface FinishedRemovals {
  /** True when at least one removal was unfinished. */
  readonly isFound: boolean;
  /** One line for each entry that could not be removed. */
  readonly failures: readonly string[];
}

/** Finishes the removals that the machine, or an earlier clean-up, has begun and not finished. */
export async function finishRemovals(
  paths: readonly Location[],
  world: RemovalWorld & { readonly trees: MovedTrees },
): Promise<FinishedRemovals> {
  const finished: FinishedRemovals[] = [];
  for (const path of paths) {
    const found = tryFindMount(path, world.settings.mounts);
    if (found !== undefined) finished.push(await finishRemoval(found, world));
  }
  return {
    isFound: finished.some(({ isFound }) => isFound),
    failures: finished.flatMap(({ failures }) => failures),
  };
}

async function finishRemoval(
  { location, mount }: MountedPath,
  { trees, signal }: RemovalWorld & { readonly trees: MovedTrees },
): Promise<FinishedRemovals> {
  try {
    const removed = await trees.removeAside(location.path, mount.path, signal);
    return { isFound: removed !== undefined, failures: removed?.failures ?? [] };
  } catch (error) {
    signal.throwIfAborted();
    return { isFound: false, failures: [`${location.path}: ${describeError(error).message}`] };
  }
}

/** @throws RemovalFailed for any failure */
export function refuseFailures(failures: readonly string[]): void {
  if (failures.length === 0) return;
  throw new RemovalFailed(explainFailures(failures));
}

/**
 * Returns trees that leave a folder alone once it belongs to another execution. The owner can change during a clean-up:
 * Step Functions may send the event twice, and another attempt can make the folder again after the first removal.
 */
export function withoutForeignFolder(
  folder: string | undefined,
  isForeign: () => Promise<boolean>,
  trees: Trees & MovedTrees,
): Trees & MovedTrees {
  const isSpared = async (path: string) => isInFolder(folder, localLocation(path)) && (await isForeign());
  return {
    removeTree: async (path, root, signal) =>
      (await isSpared(path)) ? undefined : trees.removeTree(path, root, signal),
    removeAside: async (path, root, signal) =>
      path !== folder && (await isSpared(path)) ? undefined : trees.removeAside(path, root, signal),
  };
}

export function isInFolder(folder: string | undefined, location: Location): boolean {
  return folder !== undefined && contains(localLocation(folder), location);
}
