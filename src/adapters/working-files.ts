/** Working directories and environment files on a mounted file system. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import type { WorkingFiles } from '../steps/build-context';

export const workingFiles: WorkingFiles = {
  async makeDirectory(path) {
    await mkdir(path, { recursive: true });
  },

  async writeFile({ path, content }) {
    const aside = `${path}.${randomBytes(6).toString('hex')}.partial`;
    try {
      // 0644: the job may run as another user than this function.
      const file = await open(aside, 'wx', 0o644);
      try {
        await file.writeFile(content);
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
