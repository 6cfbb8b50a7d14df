/** `demand local up`: starts the local API in the background, and prints how to use it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fchmodSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { err, out } from '../output/output';
import { EXIT } from '../refusal';
import { mistakesIn } from './check';
import { tellToStop } from './down';
import { instructions } from './instructions';
import type { LocalOptions } from './options';
import { makeRoot } from './ownership';
import { privacyWarnings } from './privacy';
import { isReady, PRIVATE, type RunningApi, readState } from './state';

const LOG_SHOWN = 2000;
/** Seconds. The first start makes a Python environment, which takes a minute or two. */
const MOST_SECONDS_TO_START = 300;

export async function upCommand(options: LocalOptions): Promise<number> {
  const mistakes = mistakesIn(options);
  if (mistakes.length > 0) {
    err.lines(mistakes);
    return EXIT.refused;
  }
  const root = resolve(options.root);
  const already = await readState(root);
  if (isReady(already)) {
    out.text(instructions(already, options, process.env));
    err.lines(await privacyWarnings(root));
    out.line('The local API was running already: it does not use the options of this command.');
    return EXIT.ok;
  }
  const logFile = join(root, 'api.log');
  await makeRoot(root);
  // The server waits for the end of a server that is stopping.
  const isTaken = already !== undefined && !already.isStopping;
  const child = isTaken ? undefined : startInBackground(options, root, logFile);
  const running = await waitFor(root, child);
  if (running !== undefined) {
    out.text(`${instructions(running, options, process.env)}The log is ${logFile}.`);
    err.lines(await privacyWarnings(root));
    return EXIT.ok;
  }
  err.line('The local API did not start:');
  for (const line of readFileSync(logFile, 'utf8').slice(-LOG_SHOWN).split('\n')) err.outputLine(line);
  return EXIT.failed;
}

function startInBackground(options: LocalOptions, root: string, logFile: string): ChildProcess {
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
      if (child.pid !== undefined && isRunning(child)) tellToStop(child.pid);
      process.exit(EXIT.cancelled);
    });
  return child;
}

/** Waits for a local API that is ready. Another command may have been faster: then its local API counts. */
async function waitFor(root: string, child: ChildProcess | undefined): Promise<RunningApi | undefined> {
  for (let waited = 0; waited < MOST_SECONDS_TO_START * 10; waited++) {
    const mayComeYet = child !== undefined && isRunning(child);
    const state = await readState(root);
    if (isReady(state)) return state;
    if (state === undefined && !mayComeYet) return undefined;
    await setTimeout(100);
  }
  if (child?.pid !== undefined && isRunning(child)) tellToStop(child.pid);
  return undefined;
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

function argumentsOf({ project, stage, runner, port, seed, bucket }: LocalOptions, root: string): string[] {
  return [
    ...['--root', root, '--project', resolve(project), '--stage', stage],
    ...['--runner', runner, '--port', String(port)],
    ...(seed === undefined ? [] : ['--seed', resolve(seed)]),
    ...bucket.flatMap((name) => ['--bucket', name]),
  ];
}
