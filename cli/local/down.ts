/** `demand local down`: stops the local API, and with it what it runs. */
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isAlive, readRunning } from './state';

/** A job that does not end by itself is killed after 30 s, as in Batch. */
const MOST_SECONDS = 40;

export async function downCommand({ root }: { readonly root: string }): Promise<number> {
  const running = await readRunning(resolve(root));
  if (running === undefined) {
    process.stdout.write('No local API runs here.\n');
    return 0;
  }
  process.kill(running.pid, 'SIGTERM');
  for (let waited = 0; waited < MOST_SECONDS * 10; waited++) {
    if (!isAlive(running.pid)) {
      process.stdout.write('Stopped.\n');
      return 0;
    }
    await setTimeout(100);
  }
  process.stderr.write(`Process ${running.pid} has not ended.\n`);
  return 1;
}
