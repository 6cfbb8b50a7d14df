/** `demand local up`: starts the local API in the background, and prints how to use it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fchmodSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { err, out } from '../output/output';
import { EXIT } from '../refusal';
import { mistakesIn } from './check';
import { tellToStop } from './down';
import { instructions } from './instructions';
import type { LocalOptions } from './options';
import { isAlive, isReady, MOST_SECONDS_TO_START, PRIVATE, type RunningApi, readState } from './state';

const LOG_SHOWN = 2000;

export async function upCommand(options: LocalOptions): Promise<number> {
  const mistakes = mistakesIn(options);
  if (mistakes.length > 0) {
    err.lines(mistakes);
    return EXIT.refused;
  }
  const root = resolve(options.root);
  const already = await readState(root);
  if (isReady(already)) {
    out.text(instructions(already, options));
    out.line('The local API was running already: it does not use the options of this command.');
    return EXIT.ok;
  }
  const logFile = join(root, 'api.log');
  const child = already === undefined ? startInBackground(options, root, logFile) : undefined;
  const running = await waitFor(root, child);
  if (running !== undefined) {
    out.text(`${instructions(running, options)}The log is ${logFile}.`);
    return EXIT.ok;
  }
  err.line('The local API did not start:');
  for (const line of readFileSync(logFile, 'utf8').slice(-LOG_SHOWN).split('\n')) err.outputLine(line);
  return EXIT.failed;
}

function startInBackground(options: LocalOptions, root: string, logFile: string): ChildProcess {
  mkdirSync(root, { recursive: true });
  const log = openSync(logFile, 'a', PRIVATE.mode);
  // The server prints its keys there, too, and everybody may be allowed to read a file of an earlier version.
  fchmodSync(log, PRIVATE.mode);
  ftruncateSync(log);
  const child = spawn(
    process.execPath,
    [process.argv[1] ?? '', 'local', 'serve', ...argumentsOf(options, root)],
    { detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  child.unref();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      if (child.pid !== undefined && isAlive(child.pid)) tellToStop({ pid: child.pid });
      process.exit(EXIT.cancelled);
    });
  return child;
}

/** Waits for a local API that is ready. Another command may have been faster: then its local API counts. */
async function waitFor(root: string, child: ChildProcess | undefined): Promise<RunningApi | undefined> {
  for (let waited = 0; waited < MOST_SECONDS_TO_START * 10; waited++) {
    const mayComeYet = child?.pid !== undefined && isAlive(child.pid);
    const state = await readState(root);
    if (isReady(state)) return state;
    if (state === undefined && !mayComeYet) return undefined;
    await setTimeout(100);
  }
  if (child?.pid !== undefined && isAlive(child.pid)) tellToStop({ pid: child.pid });
  return undefined;
}

function argumentsOf({ project, stage, runner, port, seed, bucket }: LocalOptions, root: string): string[] {
  return [
    ...['--root', root, '--project', resolve(project), '--stage', stage],
    ...['--runner', runner, '--port', String(port)],
    ...(seed === undefined ? [] : ['--seed', resolve(seed)]),
    ...bucket.flatMap((name) => ['--bucket', name]),
  ];
}
