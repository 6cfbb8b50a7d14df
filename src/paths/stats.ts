/** Measures a tree and each child of its root: bytes, number of files, and time of the last change. */
import type { Bytes, EpochMicroseconds } from '../units';
import { namesOf, type PathWorld, type TreeRoot } from './entries';

export interface PathStats {
  readonly size: Bytes;
  /** Number of files. */
  readonly count: number;
  /** The latest change of a file; 0 without files. */
  readonly modified: EpochMicroseconds;
}

export interface TreeStats extends PathStats {
  /** The entries directly below the root, by name. */
  readonly children: ReadonlyMap<string, PathStats>;
  /** Keys of the entries that could not be read. The sums leave these entries out. */
  readonly unreadable: readonly string[];
}

type Counted = { -readonly [K in keyof PathStats]: PathStats[K] };

/**
 * Measures a tree while it is listed. Only one record for each child of the root is in memory. Empty folders do not count.
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
    // The original counts an object once more for each empty name: in S3 the object of the root itself and `a/` count twice.
    count(total, entry, name === '' ? 2 : 1);
    if (name === '') continue;
    const child = children.get(name) ?? nothing();
    children.set(name, child);
    const emptyNames = rest.findIndex((each) => each !== '');
    count(child, entry, 1 + (emptyNames < 0 ? rest.length : emptyNames));
  }
  return { ...total, children, unreadable };
}

function nothing(): Counted {
  return { size: 0, count: 0, modified: 0 };
}

function count(
  stats: Counted,
  { size, modified }: { size: Bytes; modified: EpochMicroseconds },
  times: number,
): void {
  stats.size += times * size;
  stats.count += times;
  stats.modified = Math.max(stats.modified, modified);
}
