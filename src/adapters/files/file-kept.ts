/** Records of kept directories: one file for each directory, in one folder of each mount. */
import { lstat, mkdir, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type FoundKept, type KeptDirectories, keptDirectorySchema } from '../../paths/kept';
import { SET_ASIDE_NAME } from '../../sweep/files';
import { runLimited } from '../../transfer/concurrency';
import { findMount, type MountPoint } from '../../transfer/mounts';
import { localLocation } from '../../transfer/schemes/file-systems';
import { tryParse } from '../../wire/json';
import { tryModel, writeModel } from '../../wire/schema';
import { toPathError, unlessMissing } from './file-errors';
import { hashOf, KEPT_FOLDER, partialPathOf } from './file-names';
import { ownerOf } from './working-files';

/** Concurrent reads of records. Over NFS each is a round trip. */
const AT_ONCE = 64;
const RECORD = /^[0-9a-f]{40}\.json$/;

/** Returns the {@link KeptDirectories} of the mounted file systems. */
export function fileKept(mounts: readonly MountPoint[]): KeptDirectories {
  return {
    note: async ({ directory, ...record }) => {
      const { mount } = findMount(localLocation(directory), mounts);
      await note({
        mount,
        kept: { hasMissingOutput: false, ...record, path: directory.slice(mount.path.length) },
      });
    },
    list: async ({ isDryRun } = { isDryRun: false }) => {
      const found = await Promise.all(mounts.map((mount) => listIn(mount, isDryRun)));
      return found.flat().sort((one, other) => one.kept.since - other.kept.since);
    },
    drop: async (directory) => {
      const { mount } = findMount(localLocation(directory), mounts);
      await unlessMissing(unlink(recordOf(mount, directory.slice(mount.path.length))));
    },
  };
}

async function note({ mount, kept }: FoundKept): Promise<void> {
  const record = recordOf(mount, kept.path);
  const earlier = await read(record, mount);
  const since = earlier?.kept.execution === kept.execution ? earlier.kept.since : kept.since;
  const aside = partialPathOf(record);
  try {
    await mkdir(folderOf(mount), { recursive: true });
    await writeFile(aside, JSON.stringify(writeModel(keptDirectorySchema, { ...kept, since })));
    await rename(aside, record);
  } catch (error) {
    await rm(aside, { force: true });
    throw toPathError(error, record);
  }
}

async function listIn(mount: MountPoint, isDryRun: boolean): Promise<FoundKept[]> {
  const names = (await unlessMissing(readdir(folderOf(mount)))) ?? [];
  const records = names.filter((name) => RECORD.test(name)).map((name) => join(folderOf(mount), name));
  const found: FoundKept[] = [];
  const look = async (record: string) => {
    const each = await read(record, mount);
    if (each === undefined) return;
    const directory = join(mount.path, each.kept.path);
    if (await isOfAnother(directory, each)) return;
    // A sweep may move the directory aside or back between two looks.
    if ((await isThere(directory)) || (await isSetAside(directory)) || (await isThere(directory)))
      found.push(each);
    else if (!isDryRun) await unlessMissing(unlink(record));
  };
  await runLimited(records, AT_ONCE, look, { signal: new AbortController().signal });
  return found;
}

/** Returns whether a later execution owns the directory. A job may have removed the file of the owner. */
async function isOfAnother(directory: string, { kept: { execution, previous } }: FoundKept) {
  return ![undefined, execution, previous].includes(await ownerOf(directory));
}

async function isThere(path: string): Promise<boolean> {
  return (await unlessMissing(lstat(path))) !== undefined;
}

/** Returns whether a sweep has moved a directory aside. It may put the directory back. */
async function isSetAside(directory: string): Promise<boolean> {
  const names = (await unlessMissing(readdir(dirname(directory)))) ?? [];
  for (const name of names)
    if (SET_ASIDE_NAME.test(name) && (await isThere(join(dirname(directory), name, basename(directory)))))
      return true;
  return false;
}

/** @returns undefined for a missing record, and for a text that is no record: the other records count all the same */
async function read(record: string, mount: MountPoint): Promise<FoundKept | undefined> {
  const content = await unlessMissing(readFile(record, 'utf8'));
  const { output } = tryModel(keptDirectorySchema, content === undefined ? undefined : tryParse(content));
  return output && { mount, kept: output };
}

/** @param path the directory below the root of its mount */
function recordOf(mount: MountPoint, path: string): string {
  return join(folderOf(mount), `${hashOf(path)}.json`);
}

function folderOf({ path }: MountPoint): string {
  return join(path, KEPT_FOLDER);
}
