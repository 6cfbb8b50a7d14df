/** The folder of a whole local world: buckets, file systems, executions. */
import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ANY_SECRET } from '../../src/demand/secret-rules';
import { VOLUME_ROLES, type VolumeRole } from '../../src/efs/model';
import { type DemandRules, UNRESTRICTED } from '../../src/rules/model';
import type { MountPoint } from '../../src/transfer/mounts';

/** An id of EFS is hexadecimal; these digits resemble the word "local". */
export const LOCAL_FILE_SYSTEM_ID = 'fs-10ca1';

export const LOCAL_STAGE = {
  envBase: 'local',
  region: 'local',
  allowFileRemotes: true,
  // The folder of secrets decides.
  allowedSecrets: ANY_SECRET,
} as const;

/**
 * The rules of a run on this machine without a stage: every bucket here, every queue, image and role. As in a stage
 * without `demands`, nothing is removed in a bucket, and no container is privileged.
 */
export const LOCAL_RULES: DemandRules = { ...UNRESTRICTED, remove: [], privileged: false };

/** Matches a path that needs no quotes. The recorded command line of a job contains paths without quotes. */
export const SHELL_WORD = /^[A-Za-z0-9_./+@%=:,-]+$/;

export class LocalRoot {
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(path);
  }

  /** The folder of all buckets. */
  get s3(): string {
    return join(this.path, 's3');
  }

  get executions(): string {
    return join(this.path, 'executions');
  }

  /** The folder of the secrets of jobs. The user makes it. */
  get secrets(): string {
    return join(this.path, 'secrets');
  }

  fileSystem(role: VolumeRole): string {
    return join(this.path, 'efs', role);
  }

  /** The mount of the one file system. The service has its own records at its root, as on AWS: no job writes there. */
  get mounts(): readonly MountPoint[] {
    return [{ path: join(this.path, 'efs'), fileSystemId: LOCAL_FILE_SYSTEM_ID, root: '/' }];
  }

  /** The mount, and a mount for the volume of each role. No transfer and no removal leaves its volume. */
  get volumes(): readonly MountPoint[] {
    const volumes = VOLUME_ROLES.map((role) => ({
      path: this.fileSystem(role),
      fileSystemId: LOCAL_FILE_SYSTEM_ID,
      root: `/${role}`,
      isVolume: true as const,
    }));
    return [...this.mounts, ...volumes];
  }

  /** Returns a file system's path for a job that runs without a container. */
  processPath(role: VolumeRole): string {
    return join(this.shellSafePath, 'efs', role);
  }

  /** Returns the local path of an `s3://` or `file://` URI. */
  pathOfRemote(uri: string): string {
    return uri.startsWith('s3://')
      ? join(this.s3, uri.slice('s3://'.length))
      : decodeURIComponent(uri.slice('file://'.length));
  }

  /**
   * Makes the folders, and the symbolic link that {@link shellSafePath} needs.
   *
   * @throws Error when another user of the machine has a file in the place of the link
   */
  async create(): Promise<void> {
    const folders = [this.s3, this.executions, ...VOLUME_ROLES.map((role) => this.fileSystem(role))];
    await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
    const link = this.shellSafePath;
    if (link === this.path || (await isOwnLink(link, this.path))) return;
    // A rename replaces the link in one step: two runs may begin at once.
    const aside = `${link}.${randomBytes(6).toString('hex')}`;
    await symlink(this.path, aside);
    try {
      await rename(aside, link);
    } catch {
      await rm(aside);
      throw new Error(
        `${link} cannot be replaced, and it may be of another user: remove it, or give a --root without spaces and quotes`,
      );
    }
  }

  /** A path of the root that a shell reads as one word: the root itself, or a symbolic link to it. */
  get shellSafePath(): string {
    if (SHELL_WORD.test(this.path)) return this.path;
    return join(tmpdir(), `demand-${createHash('sha256').update(this.path).digest('hex').slice(0, 16)}`);
  }
}

/** Another user could let a link of theirs show another folder later. */
async function isOwnLink(link: string, target: string): Promise<boolean> {
  const stats = await lstat(link).catch(() => undefined);
  if (stats?.uid !== process.getuid?.()) return false;
  return (await readlink(link).catch(() => undefined)) === target;
}
