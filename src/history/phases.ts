/** How long each phase took, read off a history. */
import type { DemandState } from '../machines/states';
import type { HistoryEvent } from './events';
import { PHASES, type Phase } from '../../local/execution/events';

/** The state whose entry begins a phase. */
const BEGINNINGS: Readonly<Record<string, Phase>> = {
  StageInputs: 'stage inputs',
  RunJob: 'job',
  StoreOutputs: 'store outputs',
  RemoveData: 'clean up',
  CleanUpAfterFailure: 'clean up',
} satisfies Partial<Record<DemandState, Phase>>;

/** Milliseconds of each phase; 0 for one that was not reached. */
export function phasesOf(history: readonly HistoryEvent[]): Record<Phase, number> {
  const phases = Object.fromEntries(PHASES.map((phase) => [phase, 0])) as Record<Phase, number>;
  let phase: Phase = 'prepare';
  let since = history[0]?.timestamp ?? 0;
  for (const event of history) {
    phases[phase] += event.timestamp - since;
    since = event.timestamp;
    if (event.machine === 'demand-execution' && event.type === 'StateEntered')
      phase = BEGINNINGS[event.state] ?? phase;
  }
  return phases;
}
