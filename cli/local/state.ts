/** The file in a root that tells other commands about its local API. */
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ApiCredentials } from '../../local/api/access/credentials';

/** A local API that is not ready yet: it has no endpoint. */
export interface StartingApi {
  readonly pid: number;
}

export interface RunningApi extends StartingApi {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: ApiCredentials;
  readonly stateMachineArn: string;
}

const FILE = 'api.json';
/** The file has the keys of the local API: only this user may read it. */
export const PRIVATE = { mode: 0o600 };
/** Seconds. The first start makes a Python environment, which takes a minute or two. */
export const MOST_SECONDS_TO_START = 300;

export function isReady(api: StartingApi | RunningApi | undefined): api is RunningApi {
  return api !== undefined && 'endpoint' in api;
}

/**
 * @returns undefined when no local API runs or starts here. A killed one leaves its file, and another process may have its
 *   process id
 */
export async function readState(root: string): Promise<StartingApi | RunningApi | undefined> {
  const file = join(root, FILE);
  try {
    const state: StartingApi | RunningApi = JSON.parse(await readFile(file, 'utf8'));
    const { mtimeMs } = await stat(file);
    const isStill = isReady(state)
      ? () => answers(state.endpoint)
      : () => Date.now() - mtimeMs < MOST_SECONDS_TO_START * 1_000;
    return isAlive(state.pid) && (await isStill()) ? state : undefined;
  } catch {
    return undefined;
  }
}

/** @throws Error when another local API has this root */
export async function claimRoot(root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  const mine: StartingApi = { pid: process.pid };
  if (await madeNew(root, mine)) return;
  const other = await readState(root);
  if (other === undefined) {
    await forgetState(root);
    if (await madeNew(root, mine)) return;
  }
  throw new Error(
    `A local API runs in ${root}, process ${other?.pid}. Give another --root, or stop it: demand local down`,
  );
}

export async function writeRunning(root: string, running: RunningApi): Promise<void> {
  const complete = join(root, `${FILE}.${process.pid}`);
  await writeFile(complete, `${JSON.stringify(running, undefined, 2)}\n`, PRIVATE);
  await rename(complete, join(root, FILE));
}

export async function forgetState(root: string): Promise<void> {
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

async function madeNew(root: string, state: StartingApi): Promise<boolean> {
  try {
    await writeFile(join(root, FILE), `${JSON.stringify(state)}\n`, { ...PRIVATE, flag: 'wx' });
    return true;
  } catch (error) {
    if (Object(error).code === 'EEXIST') return false;
    throw error;
  }
}

function answers(endpoint: string): Promise<boolean> {
  const { hostname, port } = new URL(endpoint);
  const socket = connect(Number(port), hostname);
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}
