/** Finds the states that an execution has entered and not left. */
import type { EpochMs } from '../units';
import { withoutEmpty } from '../wire/json';
import type { HistoryEvent } from './events';

export interface OpenState {
  readonly state: string;
  /** The Map around the state, and its iteration, from 0. */
  readonly map?: string;
  readonly index?: number;
  readonly since: EpochMs;
}

export class OpenStates {
  readonly #open = new Map<string, OpenState>();

  see(event: HistoryEvent): void {
    if (event.type === 'StateEntered') {
      const { state, map, index, timestamp: since } = event;
      const place = withoutEmpty({ map, index });
      this.#open.set(keyOf(event), { state, ...place, since });
    }
    if (event.type !== 'StateExited') return;
    this.#open.delete(keyOf(event));
    // A Map that fails leaves in the middle of its iterations.
    for (const [key, { map }] of this.#open) if (map === event.state) this.#open.delete(key);
  }

  clear(): void {
    this.#open.clear();
  }

  /** The innermost states: a Map with an open iteration is not among them. */
  get innermost(): OpenState[] {
    const all = [...this.#open.values()];
    return all.filter(({ state }) => !all.some(({ map }) => map === state));
  }
}

function keyOf({ state, map, index }: Pick<OpenState, 'state' | 'map' | 'index'>): string {
  return `${map ?? ''}\n${index ?? ''}\n${state}`;
}
