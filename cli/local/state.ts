/** The local API that runs in the background, as far as other commands have to know it. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface RunningApi {
  readonly pid: number;
  readonly endpoint: string;
  readonly region: string;
  readonly stateMachineArn: string;
}

const FILE = 'api.json';

export async function readRunning(root: string): Promise<RunningApi | undefined> {
  try {
    const running: RunningApi = JSON.parse(await readFile(join(root, FILE), 'utf8'));
    return isAlive(running.pid) ? running : undefined;
  } catch {
    return undefined;
  }
}

export async function writeRunning(root: string, running: RunningApi): Promise<void> {
  await writeFile(join(root, FILE), `${JSON.stringify(running, undefined, 2)}\n`);
}

export async function forgetRunning(root: string): Promise<void> {
  await rm(join(root, FILE), { force: true });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
