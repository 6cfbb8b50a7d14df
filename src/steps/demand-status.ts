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
 * A change of an execution's status, as Step Functions tells of it on the default bus, in; the demand's own status
 * event on the bus of demands, and as the answer.
 *
 * The same change makes the same event: its consumers may hear of it twice, and in any order.
 *
 * @throws DemandValidationError for what is no such change, and whatever AWS fails with
 */
export async function demandStatus(event: unknown, world: DemandStatusWorld) {
  const { detail } = readModel(changeSchema, event);
  const change = isWhole(detail) ? detail : await completed(detail, world);
  const told = truncateEvent(statusEvent(change, world.settings));
  await world.bus.put(told);
  return told;
}

/** A large input or output is left out, which `inputDetails` tells, and so is what the event has no room for. */
function isWhole({ status, input, output, error, cause }: Change): boolean {
  if (input === undefined) return false;
  if (status === 'RUNNING') return true;
  return status === 'SUCCEEDED' ? output !== undefined : error !== undefined || cause !== undefined;
}

async function completed(change: Change, { executions }: DemandStatusWorld): Promise<Change> {
  const { status, input, output, error, cause } = await executions.describe(change.executionArn);
  // It may have gone on since: what it is now says nothing of what it was then.
  const ending = status === change.status ? { output, error, cause } : {};
  return { ...change, input: change.input ?? input, ...ending };
}
