/** Finds function calls that had not ended when their execution did. The end of an execution stops no function. */
import type { EpochMs } from '../units';
import type { HistoryEvent } from './events';

export class OpenCalls {
  readonly #overAt = new Map<number, EpochMs>();

  see(event: HistoryEvent): void {
    if (event.type === 'TaskScheduled' && event.call !== undefined)
      this.#overAt.set(event.call.id, event.call.overAt);
    if (event.type === 'TaskEnded' && event.callId !== undefined) this.#overAt.delete(event.callId);
  }

  /** The end of the longest of these calls; 0 when all calls have ended. */
  get overAt(): EpochMs {
    return Math.max(0, ...this.#overAt.values());
  }
}
