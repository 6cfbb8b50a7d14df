/** Cuts a listed tree into parts. Each part can be copied alone. */
import type { Bytes } from '../../units';

/** A folder or a file. */
export interface TreePart {
  /** The key below the listed location, with a slash at the end for a folder. It is `''` for the whole tree. */
  readonly key: string;
  readonly size: Bytes;
  readonly files: number;
}

/** Parts in columns. (Objects need more memory, and a folder of a million files is held until its size is known.) */
class Parts {
  readonly keys: string[] = [];
  readonly sizes: number[] = [];
  readonly files: number[] = [];

  add(key: string, size: Bytes, files: number): void {
    this.keys.push(key);
    this.sizes.push(size);
    this.files.push(files);
  }

  addAll({ keys, sizes, files }: Parts): void {
    for (let index = 0; index < keys.length; index++)
      this.add(keys[index] ?? '', sizes[index] ?? 0, files[index] ?? 0);
  }

  toList(): TreePart[] {
    return this.keys.map((key, index) => ({
      key,
      size: this.sizes[index] ?? 0,
      files: this.files[index] ?? 0,
    }));
  }
}

class OpenFolder {
  size = 0;
  files = 0;
  /** The parts that replace the folder if it is above the limit. */
  readonly parts = new Parts();

  constructor(readonly key: string) {}

  add(key: string, size: Bytes, files: number): void {
    this.size += size;
    this.files += files;
    this.parts.add(key, size, files);
  }

  addAll(folder: OpenFolder): void {
    this.size += folder.size;
    this.files += folder.files;
    this.parts.addAll(folder.parts);
  }
}

/**
 * Cuts a tree from the root down. A folder within the limit is one part, and the children replace a folder above the
 * limit. A file above the limit is one part.
 *
 * Files are added in byte order, so a folder is complete as soon as a key lies outside of it. Only the parts and the
 * folders above the current key are held.
 */
export class TreeCutter {
  readonly #root = new OpenFolder('');
  /** The folders from the root to the folder of the last key. */
  readonly #open = [this.#root];
  #deepest = this.#root;

  constructor(private readonly limit: number) {}

  /** Adds the next file, or a folder with a number of files (its key ends with a slash). */
  add(key: string, size: Bytes, files = 1): void {
    while (!key.startsWith(this.#deepest.key)) this.#close();
    const above = this.#deepest.key.length;
    for (let slash = key.indexOf('/', above); slash !== -1; slash = key.indexOf('/', slash + 1)) {
      this.#deepest = new OpenFolder(key.slice(0, slash + 1));
      this.#open.push(this.#deepest);
    }
    this.#deepest.add(key, size, files);
  }

  /** Returns the parts, after the last file was added. */
  finish(): TreePart[] {
    while (this.#deepest !== this.#root) this.#close();
    const { key, size, files, parts } = this.#root;
    return size <= this.limit || parts.keys.length === 0 ? [{ key, size, files }] : parts.toList();
  }

  #close(): void {
    const folder = this.#deepest;
    this.#open.pop();
    const parent = this.#open.at(-1) ?? this.#root;
    if (folder.size <= this.limit) parent.add(folder.key, folder.size, folder.files);
    else parent.addAll(folder);
    this.#deepest = parent;
  }
}
