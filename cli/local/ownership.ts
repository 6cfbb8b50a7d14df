/**
 * One process has a root at a time. `owners/1`, `owners/2` and so on note the processes that have had it. The last one has
 * the root while it runs. A process takes the root of an ended process with the next number, and a link never replaces a
 * file. So of two processes that find the same end, one gets the root.
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { goesOn, type NotedProcess, noteProcess } from '../../local/world/noted-process';

export interface Owner extends NotedProcess {
  /** The process ends soon, and does not answer any more. */
  readonly isStopping?: true;
}

/** A root that this process has. */
export interface Claim {
  readonly root: string;
  readonly number: number;
  readonly owner: NotedProcess;
}

const FOLDER = 'owners';
/** Seconds. Longer than a job may take to stop: as in Batch, it is killed after 30 s. */
const MOST_SECONDS_TO_STOP = 40;
const POLL_MS = 100;
/** Makes the folder of a root, which only this user can open: what is in it runs as this user. Its mode stays if it exists. */
export async function makeRoot(root: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 });
}

/** @returns undefined when no local API runs, starts or stops in a root */
export async function ownerOf(root: string): Promise<Owner | undefined> {
  return livingOwner(root, await lastNumber(root));
}

/**
 * Takes a root for this process. Waits for the end of an owner that is stopping.
 *
 * @throws Error when another process has this root
 */
export async function claimRoot(root: string): Promise<Claim> {
  await makeRoot(join(root, FOLDER));
  const owner = await noteProcess(process.pid);
  for (;;) {
    const last = await lastNumber(root);
    const other = await livingOwner(root, last);
    if (other !== undefined) await endOfStopping(other, root);
    else if (await isMade(root, last + 1, owner)) return { root, number: last + 1, owner };
  }
}

/** Tells other commands that this process does not answer any more. */
export async function tellStopping({ root, number, owner }: Claim): Promise<void> {
  const stopping: Owner = { ...owner, isStopping: true };
  await rename(await written(root, stopping), pathOf(root, number));
}

/** Waits until a process that was told to stop has ended. @returns false when it has not */
export async function hasEnded(noted: NotedProcess): Promise<boolean> {
  const deadline = performance.now() + MOST_SECONDS_TO_STOP * 1_000;
  while (await goesOn(noted)) {
    if (performance.now() > deadline) return false;
    await setTimeout(POLL_MS);
  }
  return true;
}

async function endOfStopping(other: Owner, root: string): Promise<void> {
  if (other.isStopping === undefined)
    throw new Error(
      `A local API runs in ${root}, process ${other.pid}. Give another --root, or stop it: demand local down`,
    );
  if (!(await hasEnded(other)))
    throw new Error(`Process ${other.pid}, the local API in ${root}, has not ended. Give another --root`);
}

async function numbersIn(root: string): Promise<number[]> {
  const names = await readdir(join(root, FOLDER)).catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

async function lastNumber(root: string): Promise<number> {
  return Math.max(0, ...(await numbersIn(root)));
}

async function livingOwner(root: string, number: number): Promise<Owner | undefined> {
  try {
    const owner: Owner = JSON.parse(await readFile(pathOf(root, number), 'utf8'));
    return (await goesOn(owner)) ? owner : undefined;
  } catch {
    return undefined;
  }
}

async function isMade(root: string, number: number, owner: Owner): Promise<boolean> {
  const complete = await written(root, owner);
  try {
    await link(complete, pathOf(root, number));
  } catch (error) {
    if (Object(error).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(complete);
  }
  const numbers = await numbersIn(root);
  const isLast = numbers.every((other) => other <= number);
  // A process that waited long may have taken the number of an owner whose file is removed.
  const obsolete = isLast ? numbers.filter((other) => other < number) : [number];
  for (const each of obsolete) await rm(pathOf(root, each), { force: true });
  return isLast;
}

async function written(root: string, owner: Owner): Promise<string> {
  const complete = join(root, FOLDER, `${randomBytes(6).toString('hex')}.partial`);
  await writeFile(complete, `${JSON.stringify(owner)}\n`);
  return complete;
}

function pathOf(root: string, number: number): string {
  return join(root, FOLDER, String(number));
}
