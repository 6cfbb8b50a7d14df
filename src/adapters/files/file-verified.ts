/** Records of verified contents of files, one for each folder or file that is synced. */
import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, normalize, relative } from 'node:path';
import type { Seen, Verified, VerifiedRecord, VerifiedRecords } from '../../transfer/copy/verified-record';
import type { Location } from '../../transfer/location';
import { type MountPoint, toMountedPath, tryFindMount } from '../../transfer/mounts';
import { localLocation } from '../../transfer/schemes/file-systems';
import type { StoredFile } from '../../transfer/store';
import { ownFolderOf, VERIFIED_FOLDER } from './file-names';
import { FileRoot } from './file-root';
import { versionOf } from './file-walk';
import { loadRows, saveRows } from './verified-document';
import type { VerifiedRows } from './verified-rows';

/** No folder of {@link ownFolderOf} has this name. */
const DOCUMENT = 'verified';
const DAY_MS = 24 * 3600 * 1000;
/**
 * What was written to so lately may be written to again within the same tick of the file server's clock, and then
 * has the same version with another content (Git calls this racy). Ticks are of 10 ms, of 2 s on the coarsest file
 * systems; the rest is for the server's clock being behind that of this machine, and for who writes to a mapping of
 * the file, which shows once in the half minute that the kernel keeps such pages.
 */
const SETTLED_MS = 60_000;
/**
 * Below this a file is read. To be sure of its version on NFS it has to be opened, and to read it then is one
 * round trip more; on a disk it is as fast.
 */
const WORTH_BYTES = 32 * 1024;

export interface FileVerifiedOptions {
  /** Paths in a record are relative to the mount, wherever another machine mounts the same. */
  readonly mounts: readonly MountPoint[];
  /** For what lies in no mount; without it, none of that is on record. */
  readonly cacheFolder?: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly settledMs?: number;
  readonly worthBytes?: number;
}

/**
 * In a mount they lie on the file system itself, at the root, where the next function finds them. Of any other path
 * they lie in a cache of this machine: that folder's parent is somebody's own, and it may be read-only.
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
  /** What paths are relative to. */
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
    // Else this file system has no times as fine as they were set, and a writing in the same tick would not show.
    if (stats.mtimeMs < stats.ctimeMs) this.#remember(path, stats, { tag, isComputed: false });
  }

  async save(): Promise<void> {
    // A record that cannot be kept costs the next sync a reading, so this one need not fail.
    if (this.rows.hasChanged) await saveRows(this.place.document, this.rows, this.#today()).catch(() => {});
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
 * Unlike the mtime, nobody can set the ctime: it tells of a writing even where mtime and size are as before. What it
 * misses is who does that in the very tick in which the file was put in place, and a disk that loses bits.
 */
function fullVersionOf(stats: Stats): string {
  return `${versionOf(stats)}-${stats.ctimeMs}`;
}

/**
 * To open a file is to ask the server whether it has changed (close-to-open); to stat it by its name may be answered
 * from a cache that is a minute old.
 *
 * @returns undefined for what cannot be opened as the very file: its reader will say why
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
