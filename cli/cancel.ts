/** Signals that cancel a verb, such as Ctrl-C. */
import { DemandCancelled } from '../src/errors';
import { err, out } from './output/output';
import { EXIT } from './refusal';

/** The first signal asks for an orderly end, and so does a closed output. The second signal exits at once. */
export function cancelOnSignals(): AbortSignal {
  const cancelled = new AbortController();
  out.onClosed(() => cancelled.abort(new DemandCancelled('the reader of the output has closed it')));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (cancelled.signal.aborted) process.exit(EXIT.cancelled);
      err.lines(['', `${name}: stopping and cleaning up; send the signal again to exit at once`]);
      cancelled.abort(new DemandCancelled(`cancelled by ${name}`));
    });
  }
  return cancelled.signal;
}
