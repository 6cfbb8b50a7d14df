/** Keeps records of readers: which execution reads which path. They are files in one folder of each mount. */
import type { Stats } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MACHINE_SECONDS } from '../../machines/timeouts';
import { runLimited } from '../../transfer/concurrency';
import type { Reader, Readers } from '../../transfer/lease/readers';
import type { Location } from '../../transfer/location';
import type { MountPoint } from '../../transfer/mounts';
import { localLocation } from '../../transfer/schemes/file-systems';
import type { EpochMs } from '../../units';
import { isJsonObject, tryParse } from '../../wire/json';
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
  if (isOld(await stat(file), Date.now())) return undefined;
  const record = tryParse(await readFile(file, 'utf8'));
  // Such a record may be about any input, so nothing can be removed until it is gone.
  if (!isJsonObject(record) || typeof record.path !== 'string' || typeof record.execution !== 'string')
    throw new Error(`${file} does not tell its reader. Remove the file when no execution runs`);
  return { execution: record.execution, location: localLocation(join(root, record.path)) };
}

function isOld({ mtimeMs }: Stats, now: EpochMs): boolean {
  return mtimeMs + TTL_MS < now;
}

/** Removes the records that are older than any execution. @returns their number */
export async function removeOldReaders(
  root: string,
  { now, isDryRun }: { readonly now: EpochMs; readonly isDryRun: boolean },
): Promise<number> {
  let removed = 0;
  for (const name of await recordsIn(folderOf(root))) {
    const record = join(folderOf(root), name);
    const stats = await unlessMissing(stat(record));
    if (stats === undefined || !isOld(stats, now)) continue;
    if (!isDryRun) await unlessMissing(unlink(record));
    removed++;
  }
  return removed;
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
