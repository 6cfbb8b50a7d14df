/** Puts status events on an EventBridge bus. */
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { STATUS_DETAIL_TYPE, STATUS_SOURCE, type StatusBus, type StatusEvent } from '../../events/model';

export class AwsStatusBus implements StatusBus {
  constructor(
    private readonly client: EventBridgeClient,
    private readonly busName: string,
  ) {}

  /**
   * Puts an event on the bus. PutEvents itself succeeds when the bus refuses an entry.
   * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
   *
   * @throws Error with the refusal's code as its name
   */
  async put(event: StatusEvent): Promise<void> {
    const entry = {
      EventBusName: this.busName,
      Source: STATUS_SOURCE,
      DetailType: STATUS_DETAIL_TYPE,
      Detail: JSON.stringify(event),
      ...(event.execution_arn !== undefined && { Resources: [event.execution_arn] }),
    };
    const { FailedEntryCount, Entries } = await this.client.send(new PutEventsCommand({ Entries: [entry] }));
    if (!FailedEntryCount) return;
    const { ErrorCode = 'InternalFailure', ErrorMessage = '' } = Entries?.[0] ?? {};
    throw Object.assign(new Error(`The event bus has refused the event ${event.id}: ${ErrorMessage}`), {
      name: ErrorCode,
    });
  }
}
