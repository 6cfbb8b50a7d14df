/** The folder that a store may not leave, whatever symbolic links are on the way. */
import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UnsafePath } from '../../errors';
import { unlessMissing } from './file-errors';
import { isInside } from './file-walk';

export class FileRoot {
  readonly #path: string;
  #real: Promise<string> | undefined;
  /** Folders that were found inside; asked for once a store, not once a file. */
  readonly #inside = new Set<string>();

  constructor(path: string) {
    this.#path = resolve(path);
  }

  /**
   * The root without symbolic links.
   *
   * @throws UnsafePath when it does not exist: a file system that is not mounted must not be filled
   */
  async real(): Promise<string> {
    this.#real ??= realpath(this.#path);
    return this.#real.catch(() => {
      this.#real = undefined;
      throw new UnsafePath(
        `${this.#path} does not exist, so nothing in it can be read or written. Mount or make it`,
      );
    });
  }

  /**
   * Makes sure that the folder of a path, as far as it exists, lies in the root.
   *
   * @throws UnsafePath
   */
  async check(path: string): Promise<void> {
    if (this.#path === '/') return;
    if (path === this.#path) return void (await this.real());
    this.#refuseOutside(this.#path, path, path);
    const folder = dirname(path);
    if (this.#inside.has(folder)) return;
    const real = await this.real();
    this.#refuseOutside(real, await realOfExisting(folder), path);
    this.#inside.add(folder);
  }

  /** The real path of a folder in the root; undefined when nothing is there. @throws UnsafePath */
  async realFolder(path: string): Promise<string | undefined> {
    await this.check(path);
    const real = await unlessMissing(realpath(path));
    if (real !== undefined) this.#refuseOutside(await this.real(), real, path);
    return real;
  }

  #refuseOutside(root: string, found: string, path: string): void {
    if (!isInside(root, found))
      throw new UnsafePath(
        `${path} leads out of ${this.#path}, by its name or by a symbolic link on its way`,
      );
  }
}

/** The real path of the deepest folder on the way that exists. */
async function realOfExisting(folder: string): Promise<string> {
  for (let above = folder; ; above = dirname(above)) {
    const real = await unlessMissing(realpath(above));
    if (real !== undefined) return real;
  }
}
