/** Keeps records of readers: which execution reads which path. They are files in one folder of each mount. */
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MACHINE_SECONDS } from '../../machines/timeouts';
import { runLimited } from '../../transfer/concurrency';
import type { Reader, Readers } from '../../transfer/lease/readers';
import type { Location } from '../../transfer/location';
import type { MountPoint } from '../../transfer/mounts';
import { localLocation } from '../../transfer/schemes/file-systems';
import { toPathError, unlessMissing } from './file-errors';
import { placeOf } from './file-leases';
import { hashOf, LEASES_FOLDER, partialPathOf } from './file-names';
import { noteUse } from './file-uses';
import { ownerOf } from './working-files';

/**
 * Age of a record without an execution: a day longer than an execution may run. Only an execution that was stopped from
 * outside leaves such a record. Two clocks never differ by a day.
 */
const TTL_MS = (MACHINE_SECONDS['demand-execution'] + 24 * 3600) * 1000;
/** Concurrent reads of records. Over NFS each is a round trip. */
const AT_ONCE = 64;
const RECORD = /^[0-9a-f]{40}\.[0-9a-f]{40}$/;

/** Returns the {@link Readers} of the mounted file systems. */
export function fileReaders(mounts: readonly MountPoint[]): Readers {
  return {
    add: (location, execution) => add(location, execution, mounts),
    around: async (location) => readAll((await placeOf(location, mounts)).root),
    drop: async (execution) => {
      for (const { path } of mounts) await dropIn(path, execution);
    },
  };
}

async function add(location: Location, execution: string, mounts: readonly MountPoint[]): Promise<void> {
  const { root, path } = await placeOf(location, mounts);
  if (await isOwn(path, root, execution)) return;
  const record = join(folderOf(root), `${hashOf(execution)}.${hashOf(path)}`);
  const aside = partialPathOf(record);
  try {
    await mkdir(folderOf(root), { recursive: true });
    // The path is relative: another machine may mount the file system at another path.
    await writeFile(aside, JSON.stringify({ execution, path: path.slice(root.length) }));
    await rename(aside, record);
    await noteUse(root, path.slice(root.length));
  } catch (error) {
    throw toPathError(error, record);
  }
}

async function isOwn(path: string, root: string, execution: string): Promise<boolean> {
  for (let folder = path; folder.length > root.length; folder = dirname(folder))
    if ((await ownerOf(folder)) === execution) return true;
  return false;
}

async function readAll(root: string): Promise<readonly Reader[]> {
  const found: Reader[] = [];
  const read = async (name: string) => {
    const reader = await unlessMissing(readRecord(join(folderOf(root), name), root));
    if (reader !== undefined) found.push(reader);
  };
  await runLimited(await recordsIn(folderOf(root)), AT_ONCE, read, { signal: new AbortController().signal });
  return found;
}

async function readRecord(file: string, root: string): Promise<Reader | undefined> {
  if ((await stat(file)).mtimeMs + TTL_MS < Date.now()) {
    await unlink(file);
    return undefined;
  }
  const { execution, path } = JSON.parse(await readFile(file, 'utf8'));
  return { execution, location: localLocation(join(root, path)) };
}

async function dropIn(root: string, execution: string): Promise<void> {
  const own = `${hashOf(execution)}.`;
  for (const name of await recordsIn(folderOf(root))) {
    if (!name.startsWith(own)) continue;
    const record = join(folderOf(root), name);
    // Before the removal: after a crash in between, the record still holds the input. A full disk must not keep it.
    await noteUseOf(record, root).catch(() => undefined);
    await unlessMissing(unlink(record));
  }
}

async function noteUseOf(record: string, root: string): Promise<void> {
  const { path } = JSON.parse(await readFile(record, 'utf8'));
  await noteUse(root, path);
}

async function recordsIn(folder: string): Promise<readonly string[]> {
  const names = (await unlessMissing(readdir(folder))) ?? [];
  return names.filter((name) => RECORD.test(name));
}

function folderOf(root: string): string {
  return join(root, LEASES_FOLDER, 'readers');
}
