/** Events with demands, and the world of the step that takes them. */
import Ajv from 'ajv';
import statusSchema from '../../schemas/generated/demand-status-event.schema.json';
import type { IntakeWorld } from '../../src/steps/intake';
import { MemoryBus, MemoryExecutions } from '../events/worlds';
import { stepWorld } from './worlds';

export const isStatusEvent = new Ajv({ strict: true, strictTypes: false }).compile(statusSchema);

export const ID = '11112222-3333-4444-5555-666677778888';
export const eventOf = (detail: unknown, id = ID) => ({
  id,
  time: '2026-01-02T03:04:05Z',
  source: 'any',
  detail,
});

export function intakeWorld<T extends Partial<IntakeWorld>>(changes: T = {} as T) {
  return { ...stepWorld(), executions: new MemoryExecutions(), bus: new MemoryBus(), ...changes };
}
