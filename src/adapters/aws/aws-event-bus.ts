/** Puts events of the service on an EventBridge bus. */
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { STATUS_SOURCE } from '../../events/model';

interface BusEvent {
  readonly id: string;
  readonly execution_arn?: string | undefined;
}

/**
 * Puts an event on the bus. PutEvents itself succeeds when the bus refuses an entry.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 *
 * @throws Error with the refusal's code as its name
 */
export async function putEvent(
  event: BusEvent,
  detailType: string,
  client: EventBridgeClient,
  busName: string,
): Promise<void> {
  const entry = {
    EventBusName: busName,
    Source: STATUS_SOURCE,
    DetailType: detailType,
    Detail: JSON.stringify(event),
    ...(event.execution_arn !== undefined && { Resources: [event.execution_arn] }),
  };
  const { FailedEntryCount, Entries } = await client.send(new PutEventsCommand({ Entries: [entry] }));
  if (!FailedEntryCount) return;
  const { ErrorCode = 'InternalFailure', ErrorMessage = '' } = Entries?.[0] ?? {};
  throw Object.assign(new Error(`The event bus has refused the event ${event.id}: ${ErrorMessage}`), {
    name: ErrorCode,
  });
}
