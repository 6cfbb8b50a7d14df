/** Names of temporary files and folders beside a file. */
import { createHash, randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/** Returns a temporary path for a file that is being written. Its name is reserved, see `isReservedName`. */
export function partialPathOf(path: string): string {
  return asidePathOf(path, 'partial');
}

/** Returns a temporary path for a tree that is being removed. */
export function removingPathOf(path: string): string {
  return asidePathOf(path, 'removing');
}

const REMOVING = /^\.[0-9a-f]{12}\.[0-9a-f]{12}\.removing$/;

/** Returns whether a name beside `path` is from {@link removingPathOf}. */
export function isRemovingNameOf(path: string, name: string): boolean {
  return name.startsWith(`.${shortNameOf(path)}.`) && REMOVING.test(name);
}

/**
 * Folder of leases and records of readers, at the root of a mount: there no job sees it. A listing of the whole mount skips
 * it, because a transfer may copy a whole file system.
 */
export const LEASES_FOLDER = '.demand.leases';

/** Folder of the records of verified contents. It is not in the folder of leases, because it may be removed anytime. */
export const VERIFIED_FOLDER = '.demand.verified';

/** Folder of the records of kept directories. */
export const KEPT_FOLDER = '.demand.kept';

/** File at the root of a mount with the id of its file system. */
export const PROOF_FILE = '.demand.file-system';

const OWN_NAMES: ReadonlySet<string> = new Set([LEASES_FOLDER, VERIFIED_FOLDER, KEPT_FOLDER, PROOF_FILE]);

/** Returns whether a name is the name of one of these folders, or of the file. */
export function isOwnFolder(name: string): boolean {
  return OWN_NAMES.has(name);
}

/** Returns a folder that mirrors a relative path with hashed names: a hash fits any name, a tree stays in one folder. */
export function ownFolderOf(ownFolder: string, relativePath: string): string {
  const names = relativePath.split('/').filter(Boolean);
  return join(ownFolder, ...names.map(shortNameOf));
}

/** Returns a short hash of the name: the name itself may already have 255 bytes, the maximum. */
export function shortNameOf(path: string): string {
  return hashOf(basename(path)).slice(0, 12);
}

export function hashOf(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

function asidePathOf(path: string, ending: string): string {
  return join(dirname(path), `.${shortNameOf(path)}.${randomBytes(6).toString('hex')}.${ending}`);
}
