/** Working directories and environment files on a mounted file system. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import type { WorkingFiles } from '../steps/build-context';

/** Readable by whoever the job runs as, which may not be who this function runs as. */
export const EVERYBODY_READS = 0o644;

/** @param mode of the environment files, exactly, whatever the umask of this process is */
export function workingFiles(mode = EVERYBODY_READS): WorkingFiles {
  return {
    async makeDirectory(path) {
      await mkdir(path, { recursive: true });
    },

    async writeFile({ path, content }) {
      const aside = `${path}.${randomBytes(6).toString('hex')}.partial`;
      try {
        const file = await open(aside, 'wx', 0o600);
        try {
          await file.writeFile(content);
          await file.chmod(mode);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(aside, path);
      } catch (error) {
        await rm(aside, { force: true });
        throw error;
      }
    },
  };
}
