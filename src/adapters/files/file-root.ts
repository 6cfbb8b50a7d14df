/** The root folder of a store. It refuses paths that leave the root by their name or by a symbolic link. */
import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UnsafePath } from '../../errors';
import { unlessMissing } from './file-errors';
import { isHidden, isInside } from './file-walk';

export class FileRoot {
  readonly #path: string;
  #real: Promise<string> | undefined;
  /** Folders inside the root, so each folder is checked once for a store and not once for a file. */
  readonly #inside = new Set<string>();

  constructor(path: string) {
    this.#path = resolve(path);
  }

  /**
   * Returns the root without symbolic links.
   *
   * @throws UnsafePath when the root does not exist: the file system is not mounted
   */
  async real(): Promise<string> {
    this.#real ??= realpath(this.#path);
    return this.#real.catch(() => {
      this.#real = undefined;
      throw new UnsafePath(`${this.#path} does not exist. Mount the file system, or make the folder`);
    });
  }

  /**
   * Checks that the existing part of a path's folder is inside the root.
   *
   * @throws UnsafePath when the folder leaves the root
   */
  async check(path: string): Promise<void> {
    if (this.#path === '/') return;
    if (path === this.#path) return void (await this.real());
    this.#refuseOutside(this.#path, path, path);
    const folder = dirname(path);
    if (this.#inside.has(folder)) return;
    const [root, real] = [await this.real(), await realOfExisting(folder)];
    this.#refuseOutside(root, real, path);
    refuseHidden(root, real, path);
    this.#inside.add(folder);
  }

  /** Returns the real path of a folder, or undefined for a missing folder. @throws UnsafePath outside of the root */
  async realFolder(path: string): Promise<string | undefined> {
    await this.check(path);
    const real = await unlessMissing(realpath(path));
    if (real === undefined) return undefined;
    const root = await this.real();
    this.#refuseOutside(root, real, path);
    refuseHidden(root, real, path);
    return real;
  }

  #refuseOutside(root: string, found: string, path: string): void {
    if (!isInside(root, found))
      throw new UnsafePath(`${path} is outside of ${this.#path}, by its name or by a symbolic link in it`);
  }
}

/**
 * Refuses the folder that hides the variables of a job from other jobs. The functions are root, so without this refusal a
 * job could name a link to the folder as its output, and get the variables in its bucket.
 *
 * @param folder a real path in the root
 */
function refuseHidden(root: string, folder: string, path: string): void {
  if (isHidden(root, folder))
    throw new UnsafePath(`${path} leads to the variables of a job, by its name or by a symbolic link in it`);
}

/** Returns the real path of the deepest existing folder above the path. */
async function realOfExisting(folder: string): Promise<string> {
  for (let above = folder; ; above = dirname(above)) {
    const real = await unlessMissing(realpath(above));
    if (real !== undefined) return real;
  }
}
