/**
 * Tracks the running tasks of one execution. The engine itself neither stops the siblings of a failed task, nor keeps
 * the waiting items of a failed Map from starting.
 */
import { setImmediate } from 'node:timers/promises';
import { DemandCancelled } from '../../src/errors';
import type { PlacedState } from './definitions';

export type TaskBody = (signal: AbortSignal) => Promise<unknown>;

interface RunningTask {
  readonly within: readonly string[];
  readonly stop: AbortController;
  readonly end: Promise<unknown>;
}

export class Tasks {
  readonly #running = new Set<RunningTask>();
  readonly #failed = new Set<string>();

  /** @param cancelled stops every task except cleanup tasks */
  constructor(private readonly cancelled: AbortSignal) {}

  /** Stops the tasks inside a failed Map or Parallel state, as AWS does. */
  containerFailed(name: string): void {
    this.#failed.add(name);
    for (const task of this.#running)
      if (task.within.includes(name))
        task.stop.abort(new DemandCancelled(`${name} has failed: its other tasks are stopped`));
  }

  /** Runs a task after the end of all stopped tasks: no task may write while the next state cleans up. */
  async run({ within }: PlacedState, isCleanup: boolean, body: TaskBody): Promise<unknown> {
    // The engine reports a failure in microtasks, which have run after this.

    await setImmediate();
    const failed = within.find((name) => this.#failed.has(name));
    if (failed !== undefined) throw new DemandCancelled(`${failed} has failed: this task was not started`);
    if (!isCleanup) this.refuseIfCancelled();
    await Promise.allSettled(
      [...this.#running].filter(({ stop }) => stop.signal.aborted).map(({ end }) => end),
    );
    return this.#track(within, isCleanup, body);
  }

  private refuseIfCancelled(): void {
    if (this.cancelled.aborted) throw this.cancelled.reason;
  }

  async #track(within: readonly string[], isCleanup: boolean, body: TaskBody): Promise<unknown> {
    const stop = new AbortController();
    const signal = isCleanup ? stop.signal : AbortSignal.any([stop.signal, this.cancelled]);
    const end = body(signal);
    const task = { within, stop, end };
    this.#running.add(task);
    try {
      return await end;
    } finally {
      this.#running.delete(task);
    }
  }
}
