/** Trying again, later and later, for what may pass. */
import { setTimeout } from 'node:timers/promises';
import { TransferMismatch } from '../../errors';
import { BrokenBody, isPassing, isThrottling } from './failures';
import type { Gate } from './gate';

/** The failure of one request, or of one range, that ends the attempts. */
export const MOST_FAILURES = 6;
/** The refusal that ends the attempts. S3 sends 503 "while it scales" for minutes, and {@link Gate} slows down then. */
export const MOST_THROTTLES = 24;
/** Milliseconds: the longest wait after the first failure. */
export const BACKOFF_MS = 200;
export const LONGEST_WAIT_MS = 10_000;

export interface Patience {
  /** Fewer at once when S3 asks for it. */
  readonly gate: Gate;
  readonly signal: AbortSignal;
  /** Milliseconds: the longest wait after the first failure. */
  readonly backoffMs: number;
}

/** Counts what went wrong with one request. */
export class Attempts {
  #failures = 0;
  #throttles = 0;

  constructor(private readonly patience: Patience) {}

  /**
   * Waits until it is time to try again: a random while, so that many do not come back at the same moment.
   * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ ("full jitter")
   *
   * @throws the error, when there is no use in trying again
   */
  async waitAfter(error: unknown): Promise<void> {
    const { gate, signal, backoffMs } = this.patience;
    signal.throwIfAborted();
    if (!isPassing(error)) throw error;
    const isThrottled = isThrottling(error);
    if (isThrottled) gate.slowDown();
    const count = isThrottled ? ++this.#throttles : ++this.#failures;
    if (count >= (isThrottled ? MOST_THROTTLES : MOST_FAILURES)) throw giveUp(error, count);
    await setTimeout(Math.random() * Math.min(LONGEST_WAIT_MS, backoffMs * 2 ** (count - 1)), undefined, {
      signal,
    });
  }
}

function giveUp(error: unknown, count: number): unknown {
  if (!(error instanceof BrokenBody)) return error;
  return new TransferMismatch(`${error.message}, ${count} times. Run this again`, { cause: error });
}

/** Does something, through the gate, until it succeeds or there is no use in trying again. */
export async function persist<T>(patience: Patience, task: () => Promise<T>): Promise<T> {
  const attempts = new Attempts(patience);
  for (;;) {
    try {
      patience.signal.throwIfAborted();
      return await patience.gate.run(task);
    } catch (error) {
      await attempts.waitAfter(error);
    }
  }
}
