/** Lists the paths of a tree, with its folders. */
import { pythonPath } from '../python/path';
import type { CompiledFilters } from '../transfer/filters';
import { compareKeys } from '../transfer/keys';
import { namesOf, type PathEntry, type PathWorld, rootPathOf, type TreeRoot } from './entries';

export interface TreePaths {
  /** All paths with the root, in the order of their code points. The path of a folder has a slash at its end. */
  readonly paths: readonly string[];
  /** Keys of the entries that could not be read, or that no path can name. */
  readonly unreadable: readonly string[];
}

/**
 * Lists every file, every folder with a file at any depth, and the root, also a missing root.
 *
 * As in the original, filters match a local path relative to the root (the root itself is `.`), but a whole key of S3 and
 * a whole EFS location.
 *
 * @throws FileSystemNotMounted, UnsafePath
 */
export async function listPaths(
  root: TreeRoot,
  filters: CompiledFilters,
  world: PathWorld,
): Promise<TreePaths> {
  const tree = new Tree();
  const unreadable: string[] = [];
  for await (const entry of world.paths.list(root.location, world.signal)) {
    if (entry.unreadable !== undefined || entry.unnamedAt !== undefined) unreadable.push(entry.key);
    else if (!entry.isEmptyFolder) tree.add(entry, root);
  }
  const top = rootPathOf(root, tree.size > 0);
  const toFilterText = top.startsWith('/')
    ? (relative: string) => relative || '.'
    : (relative: string) => pythonPath(top + relative);
  const accepted = ['', ...tree.paths()].filter((relative) =>
    filters.accepts(toFilterText(trimmed(relative))),
  );
  return { paths: accepted.map((relative) => top + relative).sort(compareKeys), unreadable };
}

class Tree {
  /** Relative paths without a slash at the end. In S3 the same path can be a folder and a file. */
  readonly #folders = new Set<string>();
  readonly #leaves = new Set<string>();

  get size(): number {
    return this.#folders.size + this.#leaves.size;
  }

  add(entry: PathEntry, root: TreeRoot): void {
    const names = namesOf(entry, root).filter((name) => name !== '');
    const leaf = names.join('/');
    if (leaf !== '') this.#leaves.add(leaf);
    for (let end = leaf.lastIndexOf('/'); end > 0; end = leaf.lastIndexOf('/', end - 1)) {
      const folder = leaf.slice(0, end);
      if (this.#folders.has(folder)) break;
      this.#folders.add(folder);
    }
  }

  *paths(): Generator<string> {
    for (const folder of this.#folders) yield `${folder}/`;
    for (const leaf of this.#leaves) if (!this.#folders.has(leaf)) yield leaf;
  }
}

function trimmed(relative: string): string {
  return relative.endsWith('/') ? relative.slice(0, -1) : relative;
}
