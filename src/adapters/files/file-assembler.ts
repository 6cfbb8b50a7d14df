/** Assembles large files on their file system from ranges that several calls write. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { REDRIVE_DAYS } from '../../aws-limits';
import { TransferMismatch, UnsafePath } from '../../errors';
import { runLimited } from '../../transfer/concurrency';
import { formatLocation, type Location } from '../../transfer/location';
import type { Assembler, Assembly, StoredFile } from '../../transfer/store';
import type { Bytes } from '../../units';
import { isPositioned, isRanged, type Range } from '../ranged';
import { codeOf, isMissing, toPathError, unlessMissing } from './file-errors';
import { makeFolders } from './file-folders';
import { hashOf, removingPathOf, shortNameOf } from './file-names';
import { versionOf } from './file-walk';
import { writeRanges } from './file-write';
import { syncFolder } from './folder-syncs';

/** Folder beside the assembled file, so removing the file's folder removes it too. Its name is reserved. */
const FOLDER = '.demand.partial';
const CONTENT = 'content';
const MARK = /^(\d+)-(\d+)$/;
const MIB = 1024 ** 2;
/** Bytes of one write to disk. A killed call loses at most one. */
const GRAIN_BYTES = 64 * MIB;
/** Concurrent grains: some wait for the disk while others arrive. */
const GRAINS_AT_ONCE = 3;
/** Reads of a file on disk: bytes of one read, and concurrent reads. */
const PIECE = { bytes: MIB, atOnce: 8 };
/** Age of an abandoned assembly. A redriven execution continues the assemblies that it has begun. */
const OLD_MS = (REDRIVE_DAYS + 1) * 24 * 60 * 60 * 1000;
const FILE_MODE = 0o666 & ~process.umask();

interface FileAssemblerSettings {
  /** True: each range, and the name of the finished file, is on disk before the next step. */
  readonly durable: boolean;
}

export interface FileAssemblerWorld {
  readonly settings: FileAssemblerSettings;
  /** Called before the rename into place. When it throws, the file does not appear. */
  mayCommit(): Promise<void>;
  /** Gets the path of the whole file before its rename into place. */
  placing?(to: Location, content: string): Promise<void>;
  /** Returns the local path of a location. @throws UnsafePath when the path may not be written */
  toPath(location: Location): Promise<string>;
}

/**
 * Each assembly has a folder. It contains `content`, which has the full length from the start, and an empty file
 * `<from>-<to>` for each range that is on disk. The folder is removed after `content` is renamed to the file. Its name
 * has a random part, so the same folder is never made again: when it is missing, another call has finished first.
 */
export class FileAssembler implements Assembler {
  constructor(private readonly world: FileAssemblerWorld) {}

  grainOf(): number {
    return GRAIN_BYTES;
  }

  async begin(to: Location, file: StoredFile): Promise<string> {
    const path = await this.world.toPath(to);
    const replaced = await replacedHashOf(path);
    const found = await findBegun(path, file, replaced);
    if (found !== undefined) return found;
    await removeOld(path);
    const id = `${versionHashOf(file)}x${randomBytes(6).toString('hex')}x${replaced}`;
    const folder = folderOf(path, id);
    // A second try: a call that has removed the last assembly may remove the outer folder meanwhile.
    const make = () => makeContent(folder, file.size, this.world.settings.durable);
    await make()
      .catch((error) => (isMissing(error) ? make() : Promise.reject(error)))
      .catch((error) => {
        throw toPathError(error, path);
      });
    return id;
  }

  async find(to: Location, file: StoredFile): Promise<string | undefined> {
    return findBegun(await this.world.toPath(to), file);
  }

  async copyRange(
    assembly: Assembly,
    range: Range,
    options: { readonly signal: AbortSignal; mayStart(): boolean; onBytes(bytes: number): void },
  ): Promise<boolean> {
    const folder = folderOf(await this.world.toPath(assembly.to), assembly.id);
    const handle = await unlessMissing(open(join(folder, CONTENT), constants.O_WRONLY));
    if (handle === undefined) return true;
    try {
      const write = async (grain: Range, signal: AbortSignal) => {
        // Another call may bring the same grain. A finished file must not be written any more.
        const marks = await unlessMissing(marksOf(folder));
        if (marks === undefined || missingOf(grain, marks).length === 0) return;
        await this.#write(handle, assembly, grain, { ...options, signal });
        await unlessMissing(writeFile(join(folder, `${grain.from}-${grain.to}`), ''));
      };
      const missing = missingOf(range, (await unlessMissing(marksOf(folder))) ?? []);
      const grains = [...grainsOf(missing)];
      return (await runLimited(grains, GRAINS_AT_ONCE, write, options)) === grains.length;
    } finally {
      await handle.close();
    }
  }

  async finish({ to, id, file }: Omit<Assembly, 'source' | 'from'>): Promise<'done' | 'missing'> {
    const path = await this.world.toPath(to);
    const folder = folderOf(path, id);
    const marks = await unlessMissing(marksOf(folder));
    if (marks !== undefined && missingOf({ from: 0, to: file.size }, marks).length > 0) return 'missing';
    await this.world.mayCommit();
    // Another call may have finished first.
    await unlessMissing(this.world.placing?.(to, join(folder, CONTENT)) ?? Promise.resolve());
    const isOurs = await this.#commit(join(folder, CONTENT), path);
    if (!isOurs) await refuseAbsent(path, id, file);
    await remove(folder);
    return 'done';
  }

  async abandon(to: Location, id: string): Promise<void> {
    await remove(folderOf(await this.world.toPath(to), id));
  }

  async #write(
    handle: FileHandle,
    { source, from, file, to }: Assembly,
    grain: Range,
    { signal, onBytes }: { readonly signal: AbortSignal; onBytes(bytes: number): void },
  ): Promise<void> {
    const context = { path: formatLocation(to), signal };
    if (isRanged(source)) {
      const read = (range: Range, inner: AbortSignal) => source.readRange(from, file, range, inner);
      await writeRanges(handle, { ...grain, ranges: source.ranges, read }, context, onBytes);
    } else if (isPositioned(source)) {
      const opened = await source.openFile(from, file);
      async function* read(range: Range) {
        const piece = Buffer.allocUnsafe(range.to - range.from);
        await opened.read(piece, range.from);
        yield piece;
      }
      try {
        await writeRanges(handle, { ...grain, ranges: PIECE, read }, context, onBytes);
        await opened.verify();
      } finally {
        await opened.close();
      }
    } else throw new TypeError(`The store of ${formatLocation(from)} cannot read at a position`);
    if (this.world.settings.durable) await handle.sync();
  }

  /** @returns false when another call has finished first */
  async #commit(content: string, path: string): Promise<boolean> {
    try {
      await rename(content, path);
    } catch (error) {
      if (isMissing(error)) return false;
      throw toPathError(error, path);
    }
    if (this.world.settings.durable) await syncFolder(dirname(path));
    return true;
  }
}

/** @throws UnsafePath for an id that is no name: it comes from a request, and could lead to any folder */
function folderOf(path: string, id: string): string {
  if (id.includes('/')) throw new UnsafePath(`"${id}" is not the id of an assembly of ${path}`);
  return join(dirname(path), FOLDER, `${shortNameOf(path)}.${id}`);
}

/** Returns a hash of the version and size. A file without a version gets a random hash, so it matches no other file. */
function versionHashOf({ version, size }: StoredFile): string {
  return hashOf(`${version ?? randomBytes(8).toString('hex')} ${size}`).slice(0, 12);
}

async function makeContent(folder: string, size: Bytes, isDurable: boolean): Promise<void> {
  await makeFolders(folder, isDurable);
  const handle = await open(join(folder, CONTENT), 'wx', FILE_MODE);
  try {
    await handle.truncate(size);
  } finally {
    await handle.close();
  }
}

/** Returns a hash of the version of the file at the path. An assembly's id ends with it, to detect a replaced file. */
async function replacedHashOf(path: string): Promise<string> {
  // Opening asks the file server. A stat by name may get the previous file from a cache of this machine.
  const opened = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  // A file without the right to read may still be replaced.
  const there = await (opened?.stat() ?? stat(path)).catch(() => undefined);
  await opened?.close();
  return there === undefined ? '' : hashOf(versionOf(there)).slice(0, 12);
}

/** Finds a begun assembly. @param replaced the hash of the file that it replaces */
async function findBegun(path: string, file: StoredFile, replaced = ''): Promise<string | undefined> {
  const names = (await unlessMissing(readdir(join(dirname(path), FOLDER)))) ?? [];
  const prefix = `${shortNameOf(path)}.${versionHashOf(file)}x`;
  const isWanted = (name: string) => name.startsWith(prefix) && name.endsWith(replaced);
  for (const name of names.filter(isWanted).sort()) {
    const id = name.slice(name.indexOf('.') + 1);
    if ((await unlessMissing(stat(join(folderOf(path, id), CONTENT)))) !== undefined) return id;
  }
  return undefined;
}

/** Removes abandoned assemblies of all files in the folder. No listing shows them. */
async function removeOld(path: string): Promise<void> {
  const outer = join(dirname(path), FOLDER);
  for (const name of (await unlessMissing(readdir(outer))) ?? []) {
    const folder = join(outer, name);
    // A folder without its content is the rest of a removal that was killed.
    const last = (await unlessMissing(stat(join(folder, CONTENT)))) ?? (await unlessMissing(stat(folder)));
    if (last !== undefined && Date.now() - last.mtimeMs > OLD_MS) await remove(folder);
  }
}

async function marksOf(folder: string): Promise<Range[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => {
    const [, from, to] = MARK.exec(name) ?? [];
    return from === undefined ? [] : [{ from: Number(from), to: Number(to) }];
  });
}

/** Returns the parts of a range without a mark, in order. */
function missingOf(range: Range, marks: readonly Range[]): Range[] {
  const missing: Range[] = [];
  let { from } = range;
  for (const mark of marks.toSorted((one, other) => one.from - other.from)) {
    if (mark.to <= from) continue;
    if (mark.from >= range.to) break;
    if (mark.from > from) missing.push({ from, to: mark.from });
    from = mark.to;
  }
  if (from < range.to) missing.push({ from, to: range.to });
  return missing;
}

function* grainsOf(ranges: readonly Range[]): Generator<Range> {
  for (const { from: first, to: end } of ranges)
    for (let from = first; from < end; ) {
      const to = Math.min(end, (Math.floor(from / GRAIN_BYTES) + 1) * GRAIN_BYTES);
      yield { from, to };
      from = to;
    }
}

/** Handles a missing folder: either the file is complete, or a call has abandoned the assembly. */
async function refuseAbsent(path: string, id: string, { size }: StoredFile): Promise<void> {
  const there = await unlessMissing(stat(path));
  const isOld = id.endsWith(`x${await replacedHashOf(path)}`);
  if (there?.size === size && !isOld) return;
  throw new TransferMismatch(
    `The assembly of ${path} was abandoned before its last range. Run the transfer again`,
  );
}

/** Removes an assembly in one step: another call must not take half of the marks for all marks of an open assembly. */
async function remove(folder: string): Promise<void> {
  const aside = removingPathOf(folder);
  // Another call may have removed it.
  await unlessMissing(rename(folder, aside));
  // With retries: NFS keeps a name for a file that a call on this machine holds open.
  await rm(aside, { recursive: true, force: true, maxRetries: 3 });
  await rmdir(dirname(folder)).catch((error) => {
    if (!isMissing(error) && !['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
  });
}
