/** Keeps the claims on a destination as files on the destination's file system. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, readdir, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import {
  type Claim,
  type Claims,
  type ClaimsState,
  type LeaseSettings,
  type LeaseWorld,
  NFS_LEASE,
} from '../../transfer/lease/claims';
import type { Location } from '../../transfer/location';
import { type MountPoint, toMountedPath, tryFindMount } from '../../transfer/mounts';
import { localLocation } from '../../transfer/schemes/file-systems';
import { systemClock } from '../system-clock';
import { codeOf, isMissing, toPathError, unlessMissing } from './file-errors';
import { LEASES_FOLDER, ownFolderOf, removingPathOf, VERIFIED_FOLDER } from './file-names';
import { FileRoot } from './file-root';

const CLAIM = /^[1-9]\d*\.claim$/;
const PROPOSAL = '.proposal';
const SIGN_OF_LIFE = '.';
const RELEASED = '!';
/** Attempts with a stale handle: a change of another client makes a handle stale. More failures are no coincidence. */
export const TRIES = 3;

export interface FileLeasesOptions {
  /** Every machine must mount a file system with the same root. Otherwise writers miss the claims of other machines. */

  readonly mounts: readonly MountPoint[];
  readonly settings?: LeaseSettings;
}

/** Returns leases on the mounted file systems. A path outside of all mounts has its leases in its own folder. */
export function fileLeases({ mounts, settings = NFS_LEASE }: FileLeasesOptions): LeaseWorld {
  return {
    settings,
    open: async (location) => {
      const { root, path } = await placeOf(location, mounts);
      return new FileClaims(leaseFolderOf(root, path), path);
    },
    revoke: async (location) => {
      const { root, path } = await placeOf(location, mounts);
      await takeAway(leaseFolderOf(root, path));
      // Removes the record of verified contents too. Otherwise each execution's scratch folder would leave a record.
      await takeAway(ownFolderOf(join(root, VERIFIED_FOLDER), path.slice(root.length)));
    },
    clock: systemClock,
    token: () => randomBytes(16).toString('hex'),
  };
}

/** Returns the path of a location and the root of its leases. @throws UnsafePath when the path leaves its mount */
export async function placeOf(location: Location, mounts: readonly MountPoint[]) {
  const path = normalize(`${toMountedPath(location, mounts).path}/.`);
  const mount = tryFindMount(localLocation(path), mounts);
  if (mount !== undefined) await new FileRoot(mount.mount.path).check(path);
  return { path, root: mount?.mount.path ?? dirname(path) };
}

export function leaseFolderOf(root: string, path: string): string {
  return ownFolderOf(join(root, LEASES_FOLDER), path.slice(root.length));
}

/** Removes a folder in one step with a rename, also while others write into it. */
async function takeAway(folder: string): Promise<void> {
  const aside = removingPathOf(folder);
  if ((await unlessMissing(rename(folder, aside).then(() => aside))) !== undefined)
    await rm(aside, { recursive: true, force: true });
}

/**
 * A claim is a file `<generation>.claim`: a line of JSON, a `.` for each sign of life, and a `!` after its release. The
 * file server sets its mtime, which is the time of the last sign of life. The file is written as `<token>.proposal` and
 * then linked, so it appears whole. The server refuses the second of two links with one name. The owner goes on writing
 * by the first name, which nobody else uses, so it never writes to another owner's claim of the same generation.
 */
class FileClaims implements Claims {
  constructor(
    private readonly folder: string,
    private readonly path: string,
  ) {}

  /** Reads the folder: opening it asks the file server for changes (close-to-open), a stat of a name does not. */
  async look(): Promise<ClaimsState> {
    const names = (await onStale(() => unlessMissing(readdir(this.folder)))) ?? [];
    return {
      generations: names.filter((name) => CLAIM.test(name)).map((name) => Number.parseInt(name, 10)),
      tokens: names.filter((name) => name.endsWith(PROPOSAL)).map((name) => name.slice(0, -PROPOSAL.length)),
    };
  }

  async read(generation: number): Promise<Claim | undefined> {
    return onStale(() => unlessMissing(readClaim(this.#claimOf(generation), generation)));
  }

  async propose(token: string, ttlMs: number): Promise<void> {
    const content = `${JSON.stringify({ token, ttl_ms: ttlMs, path: this.path })}\n`;
    try {
      // A second try: the folder may be removed together with the leased path.
      await again(isMissing, async () => {
        await mkdir(this.folder, { recursive: true });
        await writeFile(this.#proposalOf(token), content);
      });
    } catch (error) {
      throw toPathError(error, this.folder);
    }
  }

  async touch(token: string): Promise<number | undefined> {
    return unlessMissing(append(this.#proposalOf(token), SIGN_OF_LIFE));
  }

  async claim(token: string, generation: number): Promise<boolean> {
    try {
      await link(this.#proposalOf(token), this.#claimOf(generation));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      if (codeOf(error) !== 'EEXIST') throw error;
      // After a lost answer the client sends the link again, and finds its own link.
      return (await this.read(generation))?.token === token;
    }
  }

  async release(token: string): Promise<void> {
    const path = this.#proposalOf(token);
    await unlessMissing(append(path, RELEASED));
    await unlessMissing(unlink(path));
  }

  async forget(generation: number): Promise<void> {
    await unlessMissing(unlink(this.#claimOf(generation)));
  }

  #proposalOf(token: string): string {
    return join(this.folder, token + PROPOSAL);
  }

  #claimOf(generation: number): string {
    return join(this.folder, `${generation}.claim`);
  }
}

async function readClaim(path: string, generation: number): Promise<Claim> {
  const file = await open(path, 'r');
  try {
    const content = await file.readFile('utf8');
    const end = content.indexOf('\n');
    const { token, ttl_ms: ttlMs } = JSON.parse(content.slice(0, end));
    const isReleased = content.includes(RELEASED, end);
    return { generation, token, ttlMs, isReleased, touchedAt: (await file.stat()).mtimeMs };
  } finally {
    await file.close();
  }
}

/** Appends to an existing file. @returns its mtime in milliseconds; after the close it is the file server's time */
async function append(path: string, text: string): Promise<number> {
  return onStale(async () => {
    const file = await open(path, constants.O_WRONLY | constants.O_APPEND);
    try {
      await file.write(text);
    } finally {
      await file.close();
    }
    return (await stat(path)).mtimeMs;
  });
}

function onStale<T>(operation: () => Promise<T>): Promise<T> {
  return again((error) => codeOf(error) === 'ESTALE', operation);
}

async function again<T>(mayTry: (error: unknown) => boolean, operation: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await operation();
    } catch (error) {
      if (tries >= TRIES || !mayTry(error)) throw error;
    }
  }
}
