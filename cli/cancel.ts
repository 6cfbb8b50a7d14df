/** Signals that cancel a verb, such as Ctrl-C. */
import { DemandCancelled } from '../src/errors';
import { err } from './output/output';
import { EXIT } from './refusal';

/**
 * The first signal asks for an orderly end. The second signal exits at once. A reader that closes the output, as in
 * `| head`, cancels nothing: the demand, or the copy, goes on without it.
 */
export function cancelOnSignals(): AbortSignal {
  const cancelled = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (cancelled.signal.aborted) process.exit(EXIT.cancelled);
      err.lines(['', `${name}: stopping and cleaning up; send the signal again to exit at once`]);
      cancelled.abort(new DemandCancelled(`cancelled by ${name}`));
    });
  }
  return cancelled.signal;
}
