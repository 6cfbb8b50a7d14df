/** `demand local up`: starts the local API in the background and says how to use it. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { instructions } from './instructions';
import type { LocalOptions } from './options';
import { isAlive, readRunning } from './state';

/** The first time a Python environment is made, which takes a minute or two. */
const MOST_SECONDS = 300;
const LOG_SHOWN = 2000;

export async function upCommand(options: LocalOptions): Promise<number> {
  const root = resolve(options.root);
  const already = await readRunning(root);
  if (already !== undefined) {
    process.stdout.write(instructions(already));
    return 0;
  }
  mkdirSync(root, { recursive: true });
  const logFile = join(root, 'api.log');
  const log = openSync(logFile, 'w');
  const child = spawn(
    process.execPath,
    [process.argv[1] ?? '', 'local', 'serve', ...argumentsOf(options, root)],
    {
      detached: true,
      stdio: ['ignore', log, log],
    },
  );
  closeSync(log);
  child.unref();
  for (
    let waited = 0;
    waited < MOST_SECONDS * 10 && child.pid !== undefined && isAlive(child.pid);
    waited++
  ) {
    const running = await readRunning(root);
    if (running !== undefined) {
      process.stdout.write(`${instructions(running)}\nIt logs to ${logFile}; demand local down stops it.\n`);
      return 0;
    }
    await setTimeout(100);
  }
  child.kill();
  process.stderr.write(`The local API did not start:\n${readFileSync(logFile, 'utf8').slice(-LOG_SHOWN)}\n`);
  return 1;
}

function argumentsOf({ project, stage, runner, port, seed, bucket }: LocalOptions, root: string): string[] {
  return [
    ...['--root', root, '--project', resolve(project), '--stage', stage],
    ...['--runner', runner, '--port', String(port)],
    ...(seed === undefined ? [] : ['--seed', resolve(seed)]),
    ...bucket.flatMap((name) => ['--bucket', name]),
  ];
}
