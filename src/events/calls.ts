/** Calls of functions that had not ended when their execution did: nothing stops a function. */
import type { ExecutionEvent } from './executions';

export class Calls {
  /** When each is over, by the id of its last event. */
  readonly #open = new Map<number, number>();

  see(event: ExecutionEvent): void {
    if (event.type === 'called') this.#open.set(event.id, event.overAt);
    if (!('after' in event)) return;
    const overAt = this.#open.get(event.after);
    this.#open.delete(event.after);
    if (overAt !== undefined && event.type === 'call started') this.#open.set(event.id, overAt);
  }

  /** Milliseconds since 1970 at which the last of them is over; 0 when all have ended. */
  get overAt(): number {
    return Math.max(0, ...this.#open.values());
  }
}
