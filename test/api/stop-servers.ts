import { rm } from 'node:fs/promises';
import removeSharedFolders from './remove-shared-folders';

/** Each project with servers calls this: only the first call finds them. */
export default async function stopServers(): Promise<void> {
  const { motoServer, versitygw } = globalThis;
  globalThis.motoServer = undefined;
  globalThis.versitygw = undefined;
  await Promise.all([motoServer?.stop(), versitygw?.stop(), removeSharedFolders()]);
  if (versitygw !== undefined) await rm(versitygw.data, { recursive: true, force: true });
}
