/** Ctrl-C, and what is like it. */
import { DemandCancelled } from '../src/errors';
import { EXIT } from './refusal';

export interface SignalWords {
  /** What the first signal begins. */
  readonly begun: string;
  readonly reason: string;
}

const OF_A_RUN: SignalWords = {
  begun: 'stopping, and cleaning up what was begun; once more to leave at once',
  reason: 'cancelled',
};

/** The first asks for an orderly end; the second leaves at once. Nobody reading on is like the first. */
export function cancelOnSignals(words: SignalWords = OF_A_RUN): AbortSignal {
  const cancelled = new AbortController();
  process.stdout.on('error', () => cancelled.abort(new DemandCancelled('nobody reads the output any more')));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (cancelled.signal.aborted) process.exit(EXIT.cancelled);
      process.stderr.write(`\n${name}: ${words.begun}\n`);
      cancelled.abort(new DemandCancelled(`${words.reason} by ${name}`));
    });
  }
  return cancelled.signal;
}
