import * as v from 'valibot';
import { statusEventSchema } from '../events/model';
import { isAskedFor, type Notifications, notification } from '../events/notification';
import { model, readModel } from '../wire/schema';

const eventSchema = model({ detail: v.pipe(v.unknown(), statusEventSchema) });

/**
 * A status event as it comes from the bus in; a message for those that the demand names out, if it asks for one.
 *
 * Here, and not where statuses are told: what goes wrong with a message delays or loses nothing but that message.
 *
 * @returns `{notified}`: how many are named; whether they hear of it is up to their subscriptions
 * @throws DemandValidationError for what is no status event, and whatever SNS fails with
 */
export async function notify(event: unknown, { notifications }: { readonly notifications: Notifications }) {
  const { detail } = readModel(eventSchema, event);
  if (!isAskedFor(detail)) return { notified: 0 };
  const message = notification(detail);
  await notifications.publish(message);
  return { notified: message.notifyList.length };
}
