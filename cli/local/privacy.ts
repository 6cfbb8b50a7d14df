/** Tells which files of a root other users of the machine could read or change. Not every file system keeps modes. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Permissions of the group and of others. */
const READ_OR_WRITE = 0o066;
const WRITE = 0o022;
/** Both have the keys. */
const FILES = ['api.json', 'api.log'];

/** @returns a sentence for each file or folder; none when only this user has access */
export async function privacyWarnings(root: string): Promise<string[]> {
  const files = await Promise.all(
    FILES.map(async (name) => {
      const path = join(root, name);
      return (await isOpen(path, READ_OR_WRITE))
        ? [
            `Other users may read or change ${path}, which has the keys. Stop the local API, and start it again with other keys; if the file is open again, give a --root on a file system that keeps modes`,
          ]
        : [];
    }),
  );
  const folder = (await isOpen(root, WRITE))
    ? [
        `Other users may write to ${root}, and its files run as you: give a --root that only you can write to, or chmod 700 ${root}`,
      ]
    : [];
  return [...files.flat(), ...folder];
}

/** A file of another user is open to that user. */
async function isOpen(path: string, permissions: number): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && ((stats.mode & permissions) !== 0 || stats.uid !== process.getuid?.());
}
