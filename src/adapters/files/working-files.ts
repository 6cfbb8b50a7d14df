/** Working directories and environment files on a mounted file system. */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UnsafePath, WorkingDirectoryInUse } from '../../errors';
import type { WorkingFiles } from '../../steps/build-context';
import { withoutEmpty } from '../../wire/json';
import { codeOf, unlessMissing } from './file-errors';
import { removeIfEmpty } from './file-folders';

/** Readable by whoever the job runs as, which may not be who this function runs as. */
const EVERYBODY_READS = 0o644;

const OWNER = '.demand.owner';
/** Of renaming a folder to where something is already. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR']);

/** @param mode of the environment files, exactly, whatever the umask of this process is */
export function workingFiles(mode = EVERYBODY_READS): WorkingFiles {
  return {
    makeDirectory,
    claimDirectory,
    removeDirectory: (path) => rm(path, { recursive: true, force: true }),
    writeFile: ({ path, content }) => placeFile(path, content, mode),
  };
}

/** The execution that a working directory belongs to; undefined for any other folder, and where none is. */
export function ownerOf(path: string): Promise<string | undefined> {
  return unlessMissing(readFile(join(path, OWNER), 'utf8'));
}

/** Directories that {@link workingFiles} has made, as they are later. */
export const workingDirectories = {
  /** Whose it is; undefined when nothing is there. */
  async inspect(path: string): Promise<{ readonly owner?: string } | undefined> {
    if ((await unlessMissing(lstat(path))) === undefined) return undefined;
    const owner = await ownerOf(path);
    return withoutEmpty({ owner });
  },

  /** What a link leads to is none of its. */
  async removeIfEmpty(path: string): Promise<void> {
    if ((await unlessMissing(lstat(path)))?.isDirectory()) await removeIfEmpty(path);
  },
};

async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
}

/** Renamed into place with its owner in it: of two that try, one finds the other's. */
async function claimDirectory(path: string, owner: string): Promise<boolean> {
  const aside = asideOf(path);
  try {
    await mkdir(aside, { recursive: true });
    await writeFile(join(aside, OWNER), owner);
    await rename(aside, path);
    return true;
  } catch (error) {
    if (!TAKEN.has(codeOf(error))) throw error;
    const other = await ownerOf(path);
    if (other === owner) return false;
    throw new WorkingDirectoryInUse(
      `The working directory ${path} is there already, and belongs to ${other ?? 'nobody that it names'}. ` +
        'Give the demand another execution_id; or, once that execution has ended and its results are safe, remove the directory. ' +
        'What one has left that was stopped is removed within half an hour.',
    );
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function placeFile(path: string, content: string, mode: number): Promise<void> {
  await refuseLinkedFolder(dirname(path));
  const aside = asideOf(path);
  try {
    const file = await open(aside, 'wx', 0o600);
    try {
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

/** A job may have left a link in the place of the next one's working directory. */
async function refuseLinkedFolder(folder: string): Promise<void> {
  if (!(await lstat(folder)).isSymbolicLink()) return;
  throw new UnsafePath(`${folder} is a symbolic link, and may lead out of the file system. Remove it`);
}

function asideOf(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.partial`;
}
