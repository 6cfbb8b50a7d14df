/** How much lies at a path and directly below it, and when it was last changed. */
import { namesOf, type PathWorld, type TreeRoot } from './entries';

export interface PathStats {
  /** Bytes. */
  readonly size: number;
  readonly count: number;
  /** The latest: microseconds since 1970, 0 for nothing. */
  readonly modified: number;
}

export interface TreeStats extends PathStats {
  /** By their names. */
  readonly children: ReadonlyMap<string, PathStats>;
  /** Keys that could not be looked at; they do not count. */
  readonly unreadable: readonly string[];
}

type Counted = { -readonly [K in keyof PathStats]: PathStats[K] };

/**
 * Counts a tree as it is listed; holds one record for each child of the root.
 *
 * @throws FileSystemNotMounted, UnsafePath
 */
export async function measureTree(root: TreeRoot, world: PathWorld): Promise<TreeStats> {
  const total = nothing();
  const children = new Map<string, Counted>();
  const unreadable: string[] = [];
  for await (const entry of world.paths.list(root.location, world.signal)) {
    if (entry.unreadable !== undefined) unreadable.push(entry.key);
    if (entry.unreadable !== undefined || entry.isEmptyFolder) continue;
    const [name = '', ...rest] = namesOf(entry, root);
    // The original counts an object again for each empty name: S3's `single` and `marker/` count twice.
    count(total, entry, name === '' ? 2 : 1);
    if (name === '') continue;
    const child = children.get(name) ?? nothing();
    children.set(name, child);
    const empty = rest.findIndex((each) => each !== '');
    count(child, entry, 1 + (empty < 0 ? rest.length : empty));
  }
  return { ...total, children, unreadable };
}

function nothing(): Counted {
  return { size: 0, count: 0, modified: 0 };
}

function count(stats: Counted, { size, modified }: { size: number; modified: number }, times: number): void {
  stats.size += times * size;
  stats.count += times;
  stats.modified = Math.max(stats.modified, modified);
}
