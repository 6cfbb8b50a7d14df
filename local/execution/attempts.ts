/**
 * Lets one process at a time run a demand: an attempt is a folder that only one process can make.
 *
 * `<root>/executions/<id>/<attempt>/` has `owner.json` from its start, `job.json` from the job's start, and `result.json`
 * from its end.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ExecutionAlreadyExists } from '../../src/errors';
import { pythonJson } from '../../src/python/json';
import type { EpochMs } from '../../src/units';
import { isJsonObject } from '../../src/wire/json';
import { fittingName } from '../world/file-name';
import { goesOn, type NotedProcess, noteProcess } from '../world/noted-process';

const OWNER = 'owner.json';
const JOB = 'job.json';
const RESULT = 'result.json';
const POLL_MS = 200;

interface Owner extends NotedProcess {
  readonly inputHash: string;
}

export interface Attempt {
  readonly number: number;
  readonly folder: string;
  /** The end of the attempt before. CRASHED: its process was killed and could not clean up. */
  readonly previous?: 'SUCCEEDED' | 'FAILED' | 'CRASHED';
}

export type AttemptClaim =
  | { readonly kind: 'mine'; readonly attempt: Attempt }
  | { readonly kind: 'running'; readonly attempt: Attempt; readonly pid: number };

/**
 * Makes the next attempt of this process, or finds the running attempt of the same demand.
 *
 * @throws ExecutionAlreadyExists when another demand with this id is running
 */
export async function claimAttempt(
  executions: string,
  executionId: string,
  input: unknown,
): Promise<AttemptClaim> {
  const folder = attemptsFolder(executions, executionId);
  const owner: Owner = { ...(await noteProcess(process.pid)), inputHash: hash(input) };
  await mkdir(folder, { recursive: true });
  for (;;) {
    const last = await lastAttempt(folder);
    const running = last === 0 ? undefined : await runningOwner(join(folder, String(last)));
    if (running !== undefined)
      return attach(running, owner, { number: last, folder: join(folder, String(last)) }, executionId);
    const mine = {
      number: last + 1,
      folder: join(folder, String(last + 1)),
      ...(last > 0 && { previous: await endOf(join(folder, String(last))) }),
    };
    if (await make(mine.folder, owner)) return { kind: 'mine', attempt: mine };
  }
}

/** Returns the input of the last attempt; undefined when no attempt has one. */
export async function lastInput(executions: string, executionId: string): Promise<unknown> {
  const folder = attemptsFolder(executions, executionId);
  for (let number = await lastAttempt(folder).catch(() => 0); number > 0; number--) {
    const input = await readJson(join(folder, String(number), 'input.json'));
    if (input !== undefined) return input;
  }
  return undefined;
}

/** Returns the folder of the attempts of a demand. */
export function attemptsFolder(executions: string, executionId: string): string {
  return join(executions, fittingName(encodeURIComponent(executionId)));
}

/** Notes the process of the job. An attempt whose owner was killed goes on as long as its job does. */
export async function noteJob({ folder }: Attempt, pid: number): Promise<void> {
  await writeJson(join(folder, JOB), await noteProcess(pid));
}

/** The state of an attempt, as another process sees it. */
export type AttemptState =
  | { readonly kind: 'running'; readonly begunAt: EpochMs }
  | { readonly kind: 'ended'; readonly endedAt: EpochMs; readonly hasSucceeded: boolean };

/** Returns the state of an attempt; undefined when the attempt does not exist. A killed one has ended with its last note. */
export async function stateOf(folder: string): Promise<AttemptState | undefined> {
  const begunAt = await timeOf(join(folder, OWNER));
  if (begunAt === undefined) return undefined;
  if ((await runningOwner(folder)) !== undefined) return { kind: 'running', begunAt };
  const times = await Promise.all([OWNER, JOB, RESULT].map((name) => timeOf(join(folder, name))));
  const endedAt = Math.max(...times.map((time) => time ?? 0));
  return { kind: 'ended', endedAt, hasSucceeded: (await endOf(folder)) === 'SUCCEEDED' };
}

async function timeOf(file: string): Promise<EpochMs | undefined> {
  const stats = await stat(file).catch(() => undefined);
  return stats?.mtimeMs;
}

/** Ends an attempt, so that another can begin. */
export async function closeAttempt({ folder }: Attempt, result: unknown): Promise<void> {
  await writeJson(join(folder, RESULT), result);
}

/** Waits for the attempt of another process. @returns undefined when that process has died without a result */
export async function waitForResult({ folder }: Attempt, signal: AbortSignal): Promise<unknown> {
  for (;;) {
    const result = await readJson(join(folder, RESULT));
    if (result !== undefined) return result;
    if ((await runningOwner(folder)) === undefined) return readJson(join(folder, RESULT));
    await setTimeout(POLL_MS, undefined, { signal });
  }
}

function attach(running: Owner, { inputHash }: Owner, attempt: Attempt, executionId: string): AttemptClaim {
  if (running.inputHash === inputHash) return { kind: 'running', attempt, pid: running.pid };
  throw new ExecutionAlreadyExists(
    `Another demand with the execution_id "${executionId}" is running (process ${running.pid}). ` +
      'Give this demand another id, or wait until the other demand has ended.',
  );
}

async function endOf(folder: string): Promise<'SUCCEEDED' | 'FAILED' | 'CRASHED'> {
  const result = await readJson(join(folder, RESULT));
  if (!isJsonObject(result)) return 'CRASHED';
  return result.status === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED';
}

/** A rename does not replace a folder that has files: the process that renames first has the attempt. */
async function make(folder: string, owner: Owner): Promise<boolean> {
  const aside = `${folder}.${randomBytes(6).toString('hex')}.partial`;
  await mkdir(aside);
  await writeFile(join(aside, OWNER), JSON.stringify(owner));
  try {
    await rename(aside, folder);
    return true;
  } catch (error) {
    await rm(aside, { recursive: true });
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

async function lastAttempt(folder: string): Promise<number> {
  const names = await readdir(folder);
  return Math.max(0, ...names.filter((name) => /^\d+$/.test(name)).map(Number));
}

async function runningOwner(folder: string): Promise<Owner | undefined> {
  if ((await readJson(join(folder, RESULT))) !== undefined) return undefined;
  const owner = (await readJson(join(folder, OWNER))) as Owner | undefined;
  if (owner === undefined || (await goesOn(owner))) return owner;
  const job = (await readJson(join(folder, JOB))) as NotedProcess | undefined;
  return job !== undefined && (await goesOn(job)) ? { ...owner, ...job } : undefined;
}

/** Writes a file that a reader sees complete, or not at all. */
async function writeJson(path: string, value: unknown): Promise<void> {
  const aside = `${path}.partial`;
  await writeFile(aside, `${JSON.stringify(value, null, 2)}\n`);
  await rename(aside, path);
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function hash(input: unknown): string {
  return createHash('sha256').update(pythonJson(input)).digest('hex');
}
