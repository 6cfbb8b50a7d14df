/** `demand local down`: stops the local API, and with it what it runs. */
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { forgetState, isAlive, isReady, readState, type StartingApi } from './state';

/** A job that does not end by itself is killed after 30 s, as in Batch. */
const MOST_SECONDS = 40;

export async function downCommand(options: { readonly root: string }): Promise<number> {
  const root = resolve(options.root);
  const state = await readState(root);
  if (state === undefined) {
    await forgetState(root);
    process.stdout.write('No local API runs here.\n');
    return 0;
  }
  tellToStop(state);
  for (let waited = 0; waited < MOST_SECONDS * 10; waited++) {
    if (!isAlive(state.pid)) {
      await forgetState(root);
      process.stdout.write('Stopped.\n');
      return 0;
    }
    await setTimeout(100);
  }
  process.stderr.write(`Process ${state.pid} has not ended.\n`);
  return 1;
}

/** One that is starting does not listen yet, and has children who do not know of it: they are its process group. */
export function tellToStop(state: StartingApi): void {
  if (!isReady(state)) {
    try {
      process.kill(-state.pid, 'SIGTERM');
      return;
    } catch {
      // In the foreground it leads no group.
    }
  }
  process.kill(state.pid, 'SIGTERM');
}
