/** Makes working directories and environment files on a mounted file system. */
import { constants } from 'node:fs';
import { chmod, chown, lstat, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UnsafePath, WorkingDirectoryInUse } from '../../errors';
import type { WorkingFiles } from '../../steps/build-context';
import { withoutEmpty } from '../../wire/json';
import { pathBelow } from './byte-names';
import { codeOf, unlessMissing } from './file-errors';
import { removeIfEmpty } from './file-folders';
import { partialPathOf } from './file-names';
import { HeldFolder } from './tree-removal';

/** Mode of a file that every user may read: a job may run as another user than this function. */
const EVERYBODY_READS = 0o644;
/** Mode of a working directory: everybody reads, as jobs have different users. The umask of the function does not count. */
const WORKING_DIRECTORY = 0o755;
/** Mode of a folder whose names only its owner, the function, can list. Another user needs the name of a file. */
const HIDDEN_FOLDER = 0o711;

const OWNER = '.demand.owner';
/** Bytes of the name of an execution at most. */
const OWNER_BYTES = 4096;
/** Errors for an entry that is no file: a link, a socket. */
const NO_FILE = new Set(['ELOOP', 'ENXIO']);
/** Errors of a rename of a folder to an existing path. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR']);

/** @param mode exact mode of the environment files; the umask of this process does not change it */
export function workingFiles(mode = EVERYBODY_READS): WorkingFiles {
  return {
    makeDirectory,
    claimDirectory,
    removeDirectory: (path) => rm(path, { recursive: true, force: true }),
    writeFile: async ({ path, content, isHidden = false }) => {
      if (isHidden) return placeHidden(path, content, mode);
      await refuseLinkedFolder(dirname(path));
      await placeFile(path, content, mode);
    },
  };
}

/**
 * Returns the execution that owns a working directory, or undefined for any other folder and a missing one. The job can
 * put anything in the place of the file: only a file counts, and its begin.
 */
export async function ownerOf(path: string | Buffer): Promise<string | undefined> {
  try {
    return await unlessMissing(readOwner(pathBelow(path, OWNER)));
  } catch (error) {
    if (NO_FILE.has(codeOf(error))) return undefined;
    throw error;
  }
}

async function readOwner(path: string | Buffer): Promise<string | undefined> {
  // Without O_NONBLOCK, the opening of a FIFO waits for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) return undefined;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(OWNER_BYTES), 0, OWNER_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Inspects and removes directories of {@link workingFiles}. */
export const workingDirectories = {
  /** Returns the owner of the directory, or undefined when the path does not exist. */
  async inspect(path: string): Promise<{ readonly owner?: string } | undefined> {
    if ((await unlessMissing(lstat(path))) === undefined) return undefined;
    const owner = await ownerOf(path);
    return withoutEmpty({ owner });
  },

  /** Makes an execution the owner of an existing directory. @throws UnsafePath for a symbolic link */
  async giveTo(path: string, owner: string): Promise<void> {
    await refuseLinkedFolder(path);
    await placeFile(join(path, OWNER), owner, EVERYBODY_READS);
  },

  /** Removes an empty directory. It does not follow a symbolic link. */
  async removeIfEmpty(path: string): Promise<void> {
    if ((await unlessMissing(lstat(path)))?.isDirectory()) await removeIfEmpty(path);
  },
};

async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
}

/** Renames a directory with its owner's name to the path. The second of two concurrent callers finds the first one's. */
async function claimDirectory(path: string, owner: string): Promise<boolean> {
  const aside = partialPathOf(path);
  try {
    await mkdir(aside, { recursive: true });
    await chmod(aside, WORKING_DIRECTORY);
    await giveToOwnerOf(dirname(path), aside);
    await writeFile(join(aside, OWNER), owner);
    // The job reads it to claim the directory.
    await chmod(join(aside, OWNER), EVERYBODY_READS);
    await rename(aside, path);
    return true;
  } catch (error) {
    if (!TAKEN.has(codeOf(error))) throw error;
    const other = await ownerOf(path);
    if (other === owner) return false;
    throw new WorkingDirectoryInUse(
      `The working directory ${path} exists and belongs to ${other ?? 'an unknown execution'}. ` +
        'Give the demand another execution_id, or let `demand resume` store the results that the directory holds, and remove it. ' +
        'The directory of a stopped execution is removed within half an hour.',
    );
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/**
 * Gives a directory to the user and group of the folder that it is in. On a file system whose access points enforce a user
 * for jobs, this user owns the folder, and jobs can write in no directory of the function's user.
 */
async function giveToOwnerOf(folder: string, directory: string): Promise<void> {
  const [wanted, own] = [await lstat(folder), await lstat(directory)];
  if (wanted.uid === own.uid) return;
  await chown(directory, wanted.uid, wanted.gid).catch((error) => {
    // Only root may give a directory away. Another user of a function has to be the user of the jobs.
    if (codeOf(error) !== 'EPERM') throw error;
  });
}

/**
 * Writes a file into a folder that only its owner can list. A folder that exists already is that of an earlier call, if it
 * has the owner of the new file: the user of the jobs may own the directory around, and a job could make the folder first.
 * The folder is held open, so that nothing can take its place.
 */
async function placeHidden(path: string, content: string, mode: number): Promise<void> {
  const shown = dirname(path);
  await refuseLinkedFolder(dirname(shown));
  await mkdir(shown, { mode: HIDDEN_FOLDER }).catch((error) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  const folder = await HeldFolder.open(shown);
  try {
    const { uid } = await stat(folder.path);
    await placeFile(String(folder.pathOf(basename(path))), content, mode, (owner) => {
      if (owner !== uid)
        throw new UnsafePath(`${shown} belongs to another user, who could list it. Remove it`);
    });
    // The umask may have taken rights away.
    await chmod(folder.path, HIDDEN_FOLDER);
  } finally {
    await folder.close();
  }
}

/** @param check gets the user who owns the new file, before anything is written */
async function placeFile(
  path: string,
  content: string,
  mode: number,
  check: (owner: number) => void = () => undefined,
): Promise<void> {
  const aside = partialPathOf(path);
  try {
    const file = await open(aside, 'wx', 0o600);
    try {
      check((await file.stat()).uid);
      await file.writeFile(content);
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** Refuses a link: an earlier job may have put a link in the place of the working directory. */
async function refuseLinkedFolder(folder: string): Promise<void> {
  if (!(await lstat(folder)).isSymbolicLink()) return;
  throw new UnsafePath(`${folder} is a symbolic link, which may lead out of the file system. Remove it`);
}
