/** Ends idle requests: without the other side, a connection may stay silent for hours. */
import { setMaxListeners } from 'node:events';

export const IDLE_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

export class WatchedAttempt {
  readonly #controller = new AbortController();
  readonly #stop = () => this.#controller.abort(this.outer.reason);
  /** Milliseconds of a clock that is never set. */
  touchedAt = performance.now();

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
    this.touchedAt = performance.now();
  }

  end(): void {
    this.outer.removeEventListener('abort', this.#stop);
    this.forget(this);
  }

  /** Aborts the request. */
  cancel(): void {
    this.#controller.abort();
  }

  timeOut(): void {
    const error = new Error(`S3 has sent nothing for ${IDLE_MS / 1000} s`);
    error.name = 'TimeoutError';
    this.#controller.abort(error);
  }

  /** Returns the reason of the abort, or the error itself when the request was not aborted. */
  reasonFor(error: unknown): unknown {
    return this.signal.aborted ? this.signal.reason : error;
  }
}

/** Watches all requests with one timer: a timer for each request costs too much. */
export class IdleWatch {
  readonly #attempts = new Set<WatchedAttempt>();
  #timer: NodeJS.Timeout | undefined;

  begin(signal: AbortSignal): WatchedAttempt {
    // All transfers of a call share a signal, so more than ten listeners are no leak.
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
    for (const attempt of this.#attempts)
      if (performance.now() - attempt.touchedAt > IDLE_MS) attempt.timeOut();
  }
}
