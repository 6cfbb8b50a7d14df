/** The folder that holds a whole local world: buckets, file systems, executions. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readlink, rename, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ROLES, type Role } from '../../src/efs/model';
import type { MountPoint } from '../../src/transfer/mounts';

/** Hex, as an id has to be, and readable as "local". */
export const LOCAL_FILE_SYSTEM_ID = 'fs-10ca1';

export const LOCAL_SURROUNDINGS = { envBase: 'local', region: 'local', allowFileRemotes: true } as const;

/** A job's command line holds its paths unquoted (the contract says how it is written). */
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

  fileSystem(role: Role): string {
    return join(this.path, 'efs', role);
  }

  /** What EFS would show: one file system, an access point a role. */
  get mounts(): readonly MountPoint[] {
    return ROLES.map((role) => ({
      path: this.fileSystem(role),
      fileSystemId: LOCAL_FILE_SYSTEM_ID,
      root: `/${role}`,
    }));
  }

  /** Where a job sees a file system when it runs without a container. */
  processPath(role: Role): string {
    return join(this.shellSafePath, 'efs', role);
  }

  /** The local path that an `s3://` or `file://` uri stands for. */
  pathOfRemote(uri: string): string {
    return uri.startsWith('s3://')
      ? join(this.s3, uri.slice('s3://'.length))
      : decodeURIComponent(uri.slice('file://'.length));
  }

  /** Makes the folders, and what {@link shellSafePath} needs. */
  async create(): Promise<void> {
    const folders = [this.s3, this.executions, ...ROLES.map((role) => this.fileSystem(role))];
    await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
    const link = this.shellSafePath;
    if (link === this.path || (await readlink(link).catch(() => undefined)) === this.path) return;
    // Renamed into place, as two runs may begin at once.
    const aside = `${link}.${randomBytes(6).toString('hex')}`;
    await symlink(this.path, aside);
    await rename(aside, link);
  }

  /** The root under a name that a shell reads as one word: itself, or a symbolic link to it. */
  get shellSafePath(): string {
    if (SHELL_WORD.test(this.path)) return this.path;
    return join(tmpdir(), `demand-${createHash('sha256').update(this.path).digest('hex').slice(0, 16)}`);
  }
}
