/** `demand local down`: stops the local API, with its functions and jobs. */
import { resolve } from 'node:path';
import { err, out } from '../output/output';
import { EXIT } from '../refusal';
import { hasEnded } from './ownership';
import { isReady, readState } from './state';

export async function downCommand(options: { readonly root: string }): Promise<number> {
  const state = await readState(resolve(options.root));
  if (state === undefined) {
    out.line('No local API runs here.');
    return EXIT.ok;
  }
  if (isReady(state)) tell(state.pid);
  else if (!state.isStopping) tellToStop(state.pid);
  if (await hasEnded(state)) {
    out.line('Stopped.');
    return EXIT.ok;
  }
  err.line(`Process ${state.pid} has not ended.`);
  return EXIT.failed;
}

/** A local API that is starting does not stop its children yet. The signal goes to its process group, with the children. */
export function tellToStop(pid: number): void {
  // A process in the foreground leads no group.
  if (!tell(-pid)) tell(pid);
}

/** @returns false when there is no such process or group */
function tell(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGTERM');
  } catch (error) {
    if (Object(error).code === 'ESRCH') return false;
    throw error;
  }
}
