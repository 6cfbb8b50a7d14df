/** Collects the bus events of one execution id in a queue. */
import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { STATUS_DETAIL_TYPE, STATUS_SOURCE, type StatusEvent } from '../../src/events/model';
import { Inbox } from './inbox';
import type { Tier } from './tier';

export interface BusEvent {
  readonly source: string;
  readonly detail: StatusEvent;
}

export interface Listener {
  readonly inbox: Inbox;
  close(): Promise<void>;
}

/** @param id the execution id, which is also the name of the rule */
export function listen(tier: Tier, id: string): Promise<Listener> {
  const detail = { execution_id: [id] };
  return listenTo(tier, id, { source: [STATUS_SOURCE], 'detail-type': [STATUS_DETAIL_TYPE], detail });
}

/** @param id the name of the rule */
export async function listenTo(tier: Tier, id: string, pattern: object): Promise<Listener> {
  const rule = { EventBusName: tier.eventBusName, Name: id };
  const client = new EventBridgeClient(tier.settings);
  const EventPattern = JSON.stringify(pattern);
  const { RuleArn = '' } = await client.send(new PutRuleCommand({ ...rule, EventPattern }));
  const inbox = await Inbox.open(tier, `${id}-statuses`, 'events.amazonaws.com', RuleArn);
  const target = { EventBusName: tier.eventBusName, Rule: id };
  await client.send(new PutTargetsCommand({ ...target, Targets: [{ Id: 'inbox', Arn: inbox.arn }] }));
  return {
    inbox,
    async close() {
      await client.send(new RemoveTargetsCommand({ ...target, Ids: ['inbox'] }));
      await client.send(new DeleteRuleCommand(rule));
      await inbox.close();
    },
  };
}
