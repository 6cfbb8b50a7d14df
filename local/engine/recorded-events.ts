/** Translates the events of the engine into those of a history. */
import type { StateMachine } from 'aws-local-stepfunctions';
import type { RecordedEvent } from '../../src/history/events';
import type { MachineName } from '../../src/machines/states';
import type { EpochMs } from '../../src/units';
import { withoutEmpty } from '../../src/wire/json';

export type EngineEvent = Awaited<ReturnType<ReturnType<StateMachine['run']>['eventLogs']['next']>>['value'];

/**
 * Returns the event of a history; undefined for an event that no history has.
 *
 * @param timestamp the engine's own times jump when the clock of the machine is set
 */
export function toRecordedEvent(
  event: EngineEvent,
  machine: MachineName,
  timestamp: EpochMs,
): RecordedEvent | undefined {
  switch (event.type) {
    case 'ExecutionStarted':
    case 'ExecutionSucceeded':
      return { timestamp, machine, type: event.type };
    case 'ExecutionFailed':
      return { timestamp, machine, type: event.type, error: event.Error, cause: String(event.Cause) };
    case 'StateEntered':
    case 'StateExited': {
      const { name, input, output } = event.state;
      const bytes = Buffer.byteLength(JSON.stringify(event.type === 'StateEntered' ? input : output) ?? '');
      return { timestamp, machine, type: event.type, state: name, ...indexOf(event), bytes };
    }
    case 'StateRetried':
    case 'StateCaught':
      return { timestamp, machine, type: event.type, state: event.state.name, ...indexOf(event) };
    case 'StateFailed':
      return {
        timestamp,
        machine,
        type: event.type,
        state: event.state.name,
        ...indexOf(event),
        error: event.Error,
        cause: String(event.Cause),
      };
    default:
      return undefined;
  }
}

function indexOf({ index }: { readonly index?: number }): { index?: number } {
  return withoutEmpty({ index });
}
