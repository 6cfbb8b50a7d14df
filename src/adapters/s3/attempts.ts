/** Repeats requests after transient errors, with growing pauses. */
import { setTimeout } from 'node:timers/promises';
import { TransferMismatch } from '../../errors';
import { BrokenBody, isPassing, isThrottling } from './failures';
import type { Gate } from './gate';

/** The failure of one request, or of one range, that ends the attempts. */
export const MOST_FAILURES = 6;
/**
 * The throttled answer that ends the attempts. S3 may answer 503 for minutes "while it scales". {@link Gate} slows the
 * requests down then.
 */
export const MOST_THROTTLES = 24;
/** Milliseconds: the longest pause after the first failure. */
export const BACKOFF_MS = 200;
/** Milliseconds: the longest pause after any failure. */
export const LONGEST_WAIT_MS = 10_000;

export interface Patience {
  /** Reduces the concurrent requests after a 503. */
  readonly gate: Gate;
  readonly signal: AbortSignal;
  /** Milliseconds: the longest pause after the first failure. Each further failure doubles it. */
  readonly backoffMs: number;
}

/** Counts the failures of one request. */
export class Attempts {
  #failures = 0;
  #throttles = 0;

  constructor(private readonly patience: Patience) {}

  /**
   * Waits for a random time, so that many requests do not return at the same moment.
   * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ ("full jitter")
   *
   * @throws the error, when it is not transient or the last allowed failure
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
  return new TransferMismatch(`${error.message}, ${count} times. Run the transfer again`, { cause: error });
}

/** Runs a task through the gate, and repeats it after transient errors. @throws the last error of the task */
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
