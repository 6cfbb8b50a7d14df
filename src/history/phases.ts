/** The phases of a demand, and how long each of them takes. */
import type { DemandState } from '../machines/states';
import type { EpochMs } from '../units';
import type { HistoryEvent } from './events';

export const PHASES = ['prepare', 'stage inputs', 'job', 'store outputs', 'clean up'] as const;
export type Phase = (typeof PHASES)[number];
/** Milliseconds of each phase; 0 for a phase that the execution does not reach. */
export type PhaseTimes = Readonly<Record<Phase, number>>;

/** A phase begins when the execution enters one of these states. */
const BEGINNINGS: Readonly<Partial<Record<string, Phase>>> = {
  StageInputs: 'stage inputs',
  RunJob: 'job',
  StoreOutputs: 'store outputs',
  RemoveData: 'clean up',
  CleanUpAfterFailure: 'clean up',
} satisfies Partial<Record<DemandState, Phase>>;

/** Each phase follows on the one before without a gap. Inputs are staged after the job is prepared. */
export class PhaseClock {
  readonly #times = Object.fromEntries(PHASES.map((phase) => [phase, 0])) as Record<Phase, number>;
  #phase: Phase = 'prepare';
  #since: EpochMs | undefined;

  see(event: HistoryEvent): void {
    this.#times[this.#phase] += event.timestamp - (this.#since ?? event.timestamp);
    this.#since = event.timestamp;
    if (event.type === 'StateEntered') this.#phase = BEGINNINGS[event.state] ?? this.#phase;
  }

  /** @param until the end of the phase that goes on, by default the time of the last event */
  times(until = this.#since ?? 0): PhaseTimes {
    return {
      ...this.#times,
      [this.#phase]: this.#times[this.#phase] + until - (this.#since ?? until),
    };
  }
}
