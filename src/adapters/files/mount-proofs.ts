/** Proofs that a mount shows the file system that it should show. */
import { randomBytes } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileSystemMismatch } from '../../errors';
import type { MountPoint } from '../../transfer/mounts';
import { codeOf } from './file-errors';
import { PROOF_FILE } from './file-names';

/** Errors of a mount that this process may only read. */
const READ_ONLY = new Set(['EROFS', 'EACCES', 'EPERM']);

/**
 * Compares each mount with the file at its root that names its file system. Mounts that are made at once have shown
 * another file system before: https://github.com/aws/efs-utils/security/advisories/GHSA-4fv8-w65m-3932. The first call
 * on a file system makes the file. A mount without the file that this process may only read is not proven.
 *
 * @throws FileSystemMismatch
 */
export async function proveMounts(mounts: readonly MountPoint[]): Promise<void> {
  for (const mount of mounts) {
    const found = (await readProof(mount)) ?? (await makeProof(mount));
    if (found !== undefined && found !== proofOf(mount)) throw mismatch(mount, found);
  }
}

function proofOf({ fileSystemId, root }: MountPoint): string {
  return `${fileSystemId}:${root}`;
}

async function readProof({ path }: MountPoint): Promise<string | undefined> {
  try {
    return (await readFile(join(path, PROOF_FILE), 'utf8')).trimEnd();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes the file, whole from the start. When another call has made it meanwhile, that file counts. */
async function makeProof(mount: MountPoint): Promise<string | undefined> {
  const path = join(mount.path, PROOF_FILE);
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(aside, `${proofOf(mount)}\n`, { flag: 'wx', mode: 0o444 });
    await link(aside, path);
  } catch (error) {
    if (READ_ONLY.has(codeOf(error))) return undefined;
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await unlink(aside).catch(() => undefined);
  }
  return readProof(mount);
}

function mismatch(mount: MountPoint, found: string): FileSystemMismatch {
  return new FileSystemMismatch(
    `${mount.path} should show ${proofOf(mount)}, but its file ${PROOF_FILE} names ${found}. Check the mounts of the function. A file system that was restored from a backup or a replica has the file of the original: remove the file then`,
  );
}
