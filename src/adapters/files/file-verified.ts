/** Keeps records of verified contents: one record for each synced folder or file. */
import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, normalize, relative } from 'node:path';
import type { Seen, Verified, VerifiedRecord, VerifiedRecords } from '../../transfer/copy/verified-record';
import type { Location } from '../../transfer/location';
import { type MountPoint, toMountedPath, tryFindMount } from '../../transfer/mounts';
import { localLocation } from '../../transfer/schemes/file-systems';
import type { StoredFile } from '../../transfer/store';
import type { EpochMs } from '../../units';
import { ownFolderOf, VERIFIED_FOLDER } from './file-names';
import { FileRoot } from './file-root';
import { versionOf } from './file-walk';
import { loadRows, saveRows } from './verified-document';
import type { VerifiedRows } from './verified-rows';

/** File name of a record. No folder of {@link ownFolderOf} has this name. */
const DOCUMENT = 'verified';
const DAY_MS = 24 * 3600 * 1000;
/**
 * Milliseconds after which a file counts as settled. A file may be written twice within one tick of the file server's
 * clock, and then has the same version with another content (Git calls this racy). A tick is 10 ms, or 2 s on the
 * coarsest file systems. The rest of the time is for a clock of the server behind this machine's clock, and for writes
 * to a mapping of the file, which the kernel may delay for half a minute.
 */
const SETTLED_MS = 60_000;
/**
 * Bytes from which a record is worth its cost. A smaller file is read: a sure version on NFS needs an open, and reading
 * it then costs only one more round trip. On a disk the read is as fast.
 */
const WORTH_BYTES = 32 * 1024;

export interface FileVerifiedOptions {
  /** Paths in a record are relative to the mount: another machine may mount the file system at another path. */
  readonly mounts: readonly MountPoint[];
  /** Folder of the records of paths outside of all mounts. Without it such paths have no record. */
  readonly cacheFolder?: string;
  readonly now?: () => EpochMs;
  readonly settledMs?: number;
  readonly worthBytes?: number;
}

/**
 * Returns the records. In a mount they are at the root of the file system, where the next function finds them. Other
 * paths have their records in a cache of this machine: a folder may be read-only, or have another owner.
 */
export function fileVerified(options: FileVerifiedOptions): VerifiedRecords {
  const settings = { now: Date.now, settledMs: SETTLED_MS, worthBytes: WORTH_BYTES, ...options };
  return {
    open: async (location) => {
      try {
        const place = await placeOf(location, settings);
        return place && new FileVerified(place, await loadRows(place.document), settings);
      } catch {
        return undefined;
      }
    },
  };
}

interface Place {
  /** Base of the relative paths. */
  readonly root: string;
  readonly document: string;
}

async function placeOf(location: Location, { mounts, cacheFolder }: Settings): Promise<Place | undefined> {
  const path = pathOf(location, mounts);
  const mount = tryFindMount(localLocation(path), mounts)?.mount.path;
  const folder = mount === undefined ? cacheFolder : join(mount, VERIFIED_FOLDER);
  if (folder === undefined) return undefined;
  const root = mount ?? '/';
  const document = join(ownFolderOf(folder, relative(root, path)), DOCUMENT);
  if (mount !== undefined) await new FileRoot(mount).check(document);
  return { root, document };
}

function pathOf(location: Location, mounts: readonly MountPoint[]): string {
  return normalize(`${toMountedPath(location, mounts).path}/.`);
}

type Settings = FileVerifiedOptions & Required<Omit<FileVerifiedOptions, 'cacheFolder'>>;

class FileVerified implements VerifiedRecord {
  constructor(
    private readonly place: Place,
    private readonly rows: VerifiedRows,
    private readonly settings: Settings,
  ) {}

  isWorth({ size }: StoredFile): boolean {
    return size >= this.settings.worthBytes;
  }

  async see(location: Location, listed: StoredFile): Promise<Seen | undefined> {
    if (!this.isWorth(listed)) return undefined;
    const path = pathOf(location, this.settings.mounts);
    const stats = await look(path);
    if (stats === undefined || versionOf(stats) !== listed.version) return undefined;
    const isSettled = stats.ctimeMs < this.settings.now() - this.settings.settledMs;
    return {
      known: this.rows.find(this.#nameOf(path), fullVersionOf(stats), this.#today()),
      remember: (tag) => {
        if (isSettled) this.#remember(path, stats, { tag, isComputed: true });
      },
    };
  }

  async keepPlaced(location: Location, { version }: StoredFile, tag: string): Promise<void> {
    const path = pathOf(location, this.settings.mounts);
    const stats = await look(path);
    if (stats === undefined || versionOf(stats) !== version) return;
    // Otherwise the file system has rounded the times, and a write in the same tick would not change the version.
    if (stats.mtimeMs < stats.ctimeMs) this.#remember(path, stats, { tag, isComputed: false });
  }

  async save(): Promise<void> {
    // Without the record the next sync reads the files. So this sync does not fail.
    if (this.rows.hasChanged) await this.#saveRows().catch(() => {});
  }

  /** Loads the record once more: the batches of one transfer have the same record, and each saves its own files. */
  async #saveRows(): Promise<void> {
    const rows = await loadRows(this.place.document);
    rows.take(this.rows);
    await saveRows(this.place.document, rows, this.#today());
  }

  #remember(path: string, stats: Stats, verified: Verified): void {
    this.rows.set(this.#nameOf(path), fullVersionOf(stats), verified, this.#today());
  }

  #nameOf(path: string): string {
    return relative(this.place.root, path);
  }

  #today(): number {
    return Math.floor(this.settings.now() / DAY_MS);
  }
}

/**
 * Returns the version with the ctime. Nobody can set the ctime, unlike the mtime, so it shows a write that keeps mtime
 * and size. It misses such a write in the tick in which the file was put in place, and bits that a disk loses.
 */
function fullVersionOf(stats: Stats): string {
  return `${versionOf(stats)}-${stats.ctimeMs}`;
}

/**
 * Returns the stats of an opened file: opening asks the file server for changes (close-to-open). A stat by name may come
 * from a cache that is a minute old.
 *
 * @returns undefined when the path cannot be opened as a file; its reader reports the reason
 */
async function look(path: string): Promise<Stats | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    return stats.isFile() ? stats : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close().catch(() => undefined);
  }
}
