/** The file in a root that tells other commands how to use its local API. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiCredentials } from '../../local/api/access/credentials';
import type { NotedProcess } from '../../local/world/noted-process';
import { type Claim, type Owner, ownerOf } from './ownership';

export interface RunningApi extends NotedProcess {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: ApiCredentials;
  readonly stateMachineArn: string;
}

const FILE = 'api.json';
/** The file has the keys of the local API: only this user may read it. */
export const PRIVATE = { mode: 0o600 };

export function isReady(api: Owner | RunningApi | undefined): api is RunningApi {
  return api !== undefined && 'endpoint' in api;
}

/** @returns the local API in a root; without an endpoint while it starts or stops; undefined when the root has none */
export async function readState(root: string): Promise<Owner | RunningApi | undefined> {
  const owner = await ownerOf(root);
  if (owner === undefined || owner.isStopping) return owner;
  const running = await runningIn(root);
  // A killed local API leaves its file.
  return running?.pid === owner.pid && running.processStart === owner.processStart ? running : owner;
}

export async function writeRunning({ root }: Claim, running: RunningApi): Promise<void> {
  const complete = join(root, `${FILE}.partial`);
  await rm(complete, { force: true });
  await writeFile(complete, `${JSON.stringify(running, undefined, 2)}\n`, PRIVATE);
  await rename(complete, join(root, FILE));
}

export async function forgetState({ root }: Claim): Promise<void> {
  await rm(join(root, FILE), { force: true });
}

async function runningIn(root: string): Promise<RunningApi | undefined> {
  try {
    return JSON.parse(await readFile(join(root, FILE), 'utf8'));
  } catch {
    return undefined;
  }
}
