/** Ctrl-C, and what is like it. */
import { DemandCancelled } from '../src/errors';
import { EXIT } from './refusal';

/** The first asks for an orderly end; the second leaves at once. Nobody reading on is like the first. */
export function cancelOnSignals(): AbortSignal {
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
