/** `demand local down`: stops the local API, with its functions and jobs. */
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { err, out } from '../output/output';
import { forgetState, isAlive, isReady, readState, type StartingApi } from './state';

/** Longer than a job may take to stop: as in Batch, it is killed after 30 s. */
const MOST_SECONDS = 40;

export async function downCommand(options: { readonly root: string }): Promise<number> {
  const root = resolve(options.root);
  const state = await readState(root);
  if (state === undefined) {
    await forgetState(root);
    out.line('No local API runs here.');
    return 0;
  }
  tellToStop(state);
  for (let waited = 0; waited < MOST_SECONDS * 10; waited++) {
    if (!isAlive(state.pid)) {
      await forgetState(root);
      out.line('Stopped.');
      return 0;
    }
    await setTimeout(100);
  }
  err.line(`Process ${state.pid} has not ended.`);
  return 1;
}

/** A local API that is starting does not stop its children yet. The signal goes to its process group, with the children. */
export function tellToStop(state: StartingApi): void {
  if (!isReady(state)) {
    try {
      process.kill(-state.pid, 'SIGTERM');
      return;
    } catch {
      // A process in the foreground leads no group.
    }
  }
  process.kill(state.pid, 'SIGTERM');
}
