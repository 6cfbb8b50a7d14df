/** The claims on a destination, as files on its own file system. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, readdir, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  type Claim,
  type Claims,
  type LeaseSettings,
  type LeaseWorld,
  NFS_LEASE,
  type Standing,
} from '../../transfer/lease/claims';
import type { Location } from '../../transfer/location';
import { type MountPoint, toMountedPath, tryFindMount } from '../../transfer/mounts';
import { localLocation } from '../../transfer/schemes/file-systems';
import { codeOf, isMissing, toPathError, unlessMissing } from './file-errors';
import { LEASES_FOLDER, ownFolderOf, removingPathOf, VERIFIED_FOLDER } from './file-names';
import { FileRoot } from './file-root';

const CLAIM = /^[1-9]\d*\.claim$/;
const PROPOSAL = '.proposal';
const SIGN_OF_LIFE = '.';
const RELEASED = '!';
/** A handle that another client's change made stale is opened anew; more often than this is no accident. */
export const TRIES = 3;

export interface FileLeasesOptions {
  /** Every machine that writes to a file system must mount it with the same root, to find the same claims. */
  readonly mounts: readonly MountPoint[];
  readonly settings?: LeaseSettings;
}

/** Leases on the mounted file systems. A path in no mount has its leases in its own folder. */
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
      // What was verified there goes too, or each execution's scratch folder would leave its record.
      await takeAway(ownFolderOf(join(root, VERIFIED_FOLDER), path.slice(root.length)));
    },
    // CLOCK_MONOTONIC: it goes on while this process is stopped.
    now: () => performance.now(),
    sleep: async (ms, signal) => {
      await setTimeout(ms, undefined, { signal }).catch(() => undefined);
    },
    token: () => randomBytes(16).toString('hex'),
  };
}

/** Where a location lies, and the folder on its file system that the leases lie in. @throws UnsafePath */
export async function placeOf(location: Location, mounts: readonly MountPoint[]) {
  const path = normalize(`${toMountedPath(location, mounts).path}/.`);
  const mount = tryFindMount(localLocation(path), mounts);
  if (mount !== undefined) await new FileRoot(mount.mount.path).check(path);
  return { path, root: mount?.mount.path ?? dirname(path) };
}

function leaseFolderOf(root: string, path: string): string {
  return ownFolderOf(join(root, LEASES_FOLDER), path.slice(root.length));
}

/** In one step, and from under whoever writes into it meanwhile. */
async function takeAway(folder: string): Promise<void> {
  const aside = removingPathOf(folder);
  if ((await unlessMissing(rename(folder, aside).then(() => aside))) !== undefined)
    await rm(aside, { recursive: true, force: true });
}

/**
 * A claim is a file `<generation>.claim`: a line of JSON, a `.` for each sign of life, a `!` once released. Its
 * mtime is the last sign of life, set by the file server. It is written as `<token>.proposal` and linked, so it
 * appears whole; of two links to one name, the server refuses the second. Its maker goes on writing to it by
 * the first name, which nobody else has: it can never be another's claim of the same generation.
 */
class FileClaims implements Claims {
  constructor(
    private readonly folder: string,
    private readonly path: string,
  ) {}

  /** To open a folder is to ask the server whether it changed (close-to-open); to stat a name in it is not. */
  async look(): Promise<Standing> {
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
      // Once more, as the folder may be removed together with what it leases.
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
      // A client that got no answer sends a link again, and is told that it exists: its own.
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

/** Never makes the file. @returns its mtime, milliseconds: once it is closed, that is the server's */
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
