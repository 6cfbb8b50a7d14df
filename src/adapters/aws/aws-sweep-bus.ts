/** Puts the reports of sweeps on an EventBridge bus. */
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SWEEP_DETAIL_TYPE, type SweepBus, type SweepEvent } from '../../sweep/event';
import { putEvent } from './aws-event-bus';

export class AwsSweepBus implements SweepBus {
  constructor(
    private readonly client: EventBridgeClient,
    private readonly busName: string,
  ) {}

  /** @throws Error with the refusal's code as its name */
  put(event: SweepEvent): Promise<void> {
    return putEvent(event, SWEEP_DETAIL_TYPE, this.client, this.busName);
  }
}
