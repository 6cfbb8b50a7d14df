import type { Listener } from '../local/execution/events';
import { runDemand } from '../local/execution/run';
import { LocalRoot } from '../local/world/root';
import { DemandCancelled, describeError } from '../src/errors';
import { readDocument } from './document';
import type { RunCommandOptions } from './options';
import { EXIT, withRefusals } from './refusal';
import { TerminalView } from './terminal-view';
import { TextView } from './text-view';

/** `demand run FILE`: runs it and shows how it goes. */
export function runCommand(file: string, options: RunCommandOptions): Promise<number> {
  return withRefusals(options.json, async () => {
    const signal = cancelOnSignals();
    const running = runDemand(await readDocument(file), {
      ...options,
      root: new LocalRoot(options.root),
      inlineLimits: { maxBytes: options.inlineMaxBytes, maxFiles: options.inlineMaxFiles },
      signal,
      listener: listenerFor(options.json),
      hostEnvironment: process.env,
      now: Date.now,
    });
    const ended = await running.catch((error: unknown) => {
      // Cancelled before the machine began, or while it waited for another's.
      if (!signal.aborted) throw error;
      process.stderr.write(`${describeError(signal.reason).message}\n`);
    });
    if (ended?.status === 'SUCCEEDED') return EXIT.ok;
    return signal.aborted ? EXIT.cancelled : EXIT.failed;
  });
}

function listenerFor(json: boolean): Listener {
  if (json) return (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
  const view = process.stdout.isTTY
    ? new TerminalView(process.stdout, Date.now)
    : new TextView((line) => process.stdout.write(`${line}\n`), Date.now);
  return (event) => view.show(event);
}

/** The first Ctrl-C stops the job and cleans up; the second leaves at once. So it is when nobody reads on. */
function cancelOnSignals(): AbortSignal {
  const cancelled = new AbortController();
  process.stdout.on('error', () => cancelled.abort(new DemandCancelled('nobody reads the output any more')));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (cancelled.signal.aborted) process.exit(EXIT.cancelled);
      process.stderr.write(
        `\n${name}: stopping, and cleaning up what was begun; once more to leave at once\n`,
      );
      cancelled.abort(new DemandCancelled(`cancelled by ${name}`));
    });
  }
  return cancelled.signal;
}
