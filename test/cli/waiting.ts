/** Waits for visible events, instead of fixed times. */
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const POLL_MS = 10;
/**
 * Far longer than any of these events takes, as other work may keep the machine busy. Shorter than jest's time-out, because
 * its message names the event.
 */
const DEADLINE_MS = 60_000;

export async function waitUntil(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`Waited ${DEADLINE_MS} ms in vain for ${what}`);
    await setTimeout(POLL_MS);
  }
}

/** Waits for the process ids that a job writes to a file, on one line. */
export async function processIdsIn(file: string): Promise<number[]> {
  const content = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  await waitUntil(`a line in ${file}`, () => content().endsWith('\n'));
  return content().trim().split(' ').map(Number);
}

export async function haveEnded(processIds: readonly number[]): Promise<void> {
  await waitUntil(`the end of processes ${processIds}`, () => !processIds.some(isRunning));
}

export function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
  } catch {
    return false;
  }
  // A zombie accepts signals, too. Orphans stay zombies under an init that is slow to fetch exit codes.
  const stat = `/proc/${processId}/stat`;
  try {
    return !existsSync(stat) || !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
  } catch {
    return false;
  }
}
