/** Puts status events on an EventBridge bus. */
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { STATUS_DETAIL_TYPE, type StatusBus, type StatusEvent } from '../../events/model';
import { putEvent } from './aws-event-bus';

export class AwsStatusBus implements StatusBus {
  constructor(
    private readonly client: EventBridgeClient,
    private readonly busName: string,
  ) {}

  /** @throws Error with the refusal's code as its name */
  put(event: StatusEvent): Promise<void> {
    return putEvent(event, STATUS_DETAIL_TYPE, this.client, this.busName);
  }
}
