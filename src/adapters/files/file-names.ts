/** Names beside a file for what is on its way in or out. */
import { createHash, randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/** Where a file is written before it takes its name; a listing skips it, see `isLeftover`. */
export function partialPathOf(path: string): string {
  return asidePathOf(path, 'partial');
}

/** Where a tree is moved before it is removed. */
export function removingPathOf(path: string): string {
  return asidePathOf(path, 'removing');
}

/** Whether a name beside `path` is one that {@link removingPathOf} once gave for it. */
export function isRemovingNameOf(path: string, name: string): boolean {
  return name.startsWith(`.${shortNameOf(path)}.`) && name.endsWith('.removing');
}

/**
 * Where leases and reader records lie: at the root of a mount, so outside of all that is transferred or seen by
 * a job. A listing skips it, for whoever copies a whole file system.
 */
export const LEASES_FOLDER = '.demand.leases';

/** Where records of verified contents lie, beside the leases: apart, since these may be removed at any time. */
export const VERIFIED_FOLDER = '.demand.verified';

/** Whether a name is that of one of these folders. */
export function isOwnFolder(name: string): boolean {
  return name === LEASES_FOLDER || name === VERIFIED_FOLDER;
}

/** A folder for each folder on the way, so that those of a whole tree are in one; hashed, for any name to fit. */
export function ownFolderOf(ownFolder: string, relativePath: string): string {
  const names = relativePath.split('/').filter(Boolean);
  return join(ownFolder, ...names.map(shortNameOf));
}

/** A hash, because the name itself may already have all the 255 bytes a name can have. */
export function shortNameOf(path: string): string {
  return hashOf(basename(path)).slice(0, 12);
}

export function hashOf(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

function asidePathOf(path: string, ending: string): string {
  return join(dirname(path), `.${shortNameOf(path)}.${randomBytes(6).toString('hex')}.${ending}`);
}
