import * as v from 'valibot';
import type { LayoutSettings } from '../context/layout';
import { STATUSES, type StatusBus } from '../events/model';
import { type Change, statusEvent } from '../events/status';
import { truncateEvent } from '../events/truncate';
import type { Executions } from '../history/executions';
import { AS_IN_CODE, integer, model, optional, readModel, requiredText, text } from '../wire/schema';

export interface DemandStatusWorld {
  readonly executions: Pick<Executions, 'describe'>;
  readonly bus: StatusBus;
  readonly settings: LayoutSettings;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const changeSchema = model({
  detail: model(
    {
      executionArn: requiredText(),
      stateMachineArn: requiredText(),
      name: requiredText(),
      status: v.picklist(
        STATUSES.filter((status) => status !== 'REFUSED'),
        'a status of an execution',
      ),
      startDate: integer(),
      stopDate: optional(integer()),
      redriveCount: v.optional(
        v.pipe(
          v.nullable(integer()),
          v.transform((count) => count ?? 0),
        ),
        0,
      ),
      redriveDate: optional(integer()),
      input: optional(text()),
      output: optional(text()),
      error: optional(text()),
      cause: optional(text()),
    },
    AS_IN_CODE,
  ),
});

/**
 * Turns a status change of an execution into a status event of the demand, and sends it to the bus. The same change
 * gives the same event: a consumer may get an event twice, and events in any order.
 *
 * @param event the status change of Step Functions on the default bus
 * @returns the status event
 * @throws DemandValidationError for another event
 * @throws the errors of AWS
 */
export async function demandStatus(event: unknown, world: DemandStatusWorld) {
  const { detail } = readModel(changeSchema, event);
  const change = isComplete(detail) ? detail : await withDescription(detail, world);
  const status = truncateEvent(statusEvent(change, world.settings));
  await world.bus.put(status);
  return status;
}

/** Returns false for a change without its input or its result: Step Functions leaves large ones out of the event. */
function isComplete({ status, input, output, error, cause }: Change): boolean {
  if (input === undefined) return false;
  if (status === 'RUNNING') return true;
  return status === 'SUCCEEDED' ? output !== undefined : error !== undefined || cause !== undefined;
}

/** Adds the missing fields from the description of the execution. */
async function withDescription(change: Change, { executions }: DemandStatusWorld): Promise<Change> {
  const { status, input, output, error, cause } = await executions.describe(change.executionArn);
  // After a redrive the description belongs to another status.
  const ending = status === change.status ? { output, error, cause } : {};
  return { ...change, input: change.input ?? input, ...ending };
}
