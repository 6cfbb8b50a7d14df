import { rm } from 'node:fs/promises';

export default async function stopServers(): Promise<void> {
  await Promise.all([globalThis.motoServer?.stop(), globalThis.versitygw?.stop()]);
  if (globalThis.versitygw !== undefined)
    await rm(globalThis.versitygw.data, { recursive: true, force: true });
}
