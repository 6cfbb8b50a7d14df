/** Ends what gets no answer: a connection whose other side is gone says nothing, for hours. */
import { setMaxListeners } from 'node:events';

export const IDLE_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

export class WatchedAttempt {
  readonly #controller = new AbortController();
  readonly #stop = () => this.#controller.abort(this.outer.reason);
  touchedAt = Date.now();

  constructor(
    private readonly outer: AbortSignal,
    private readonly forget: (attempt: WatchedAttempt) => void,
  ) {
    outer.throwIfAborted();
    outer.addEventListener('abort', this.#stop, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  touch(): void {
    this.touchedAt = Date.now();
  }

  end(): void {
    this.outer.removeEventListener('abort', this.#stop);
    this.forget(this);
  }

  /** Ends what still goes on of it. */
  cancel(): void {
    this.#controller.abort();
  }

  timeOut(): void {
    const error = new Error(`Nothing came from S3 for ${IDLE_MS / 1000} s`);
    error.name = 'TimeoutError';
    this.#controller.abort(error);
  }

  /** Why it was ended, if it was, rather than what came of that. */
  reasonFor(error: unknown): unknown {
    return this.signal.aborted ? this.signal.reason : error;
  }
}

/** One timer for all requests: one for each costs more than it is worth. */
export class IdleWatch {
  readonly #attempts = new Set<WatchedAttempt>();
  #timer: NodeJS.Timeout | undefined;

  begin(signal: AbortSignal): WatchedAttempt {
    // A signal is shared by all transfers of a call, and ten listeners are no leak here.
    setMaxListeners(0, signal);
    const attempt = new WatchedAttempt(signal, (ended) => this.#forget(ended));
    this.#attempts.add(attempt);
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    return attempt;
  }

  #forget(attempt: WatchedAttempt): void {
    this.#attempts.delete(attempt);
    if (this.#attempts.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    for (const attempt of this.#attempts) if (Date.now() - attempt.touchedAt > IDLE_MS) attempt.timeOut();
  }
}
