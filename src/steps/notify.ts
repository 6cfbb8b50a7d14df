import * as v from 'valibot';
import { statusEventSchema } from '../events/model';
import { isAskedFor, type Notifications, notification } from '../events/notification';
import { model, readModel } from '../wire/schema';

const eventSchema = model({ detail: v.pipe(v.unknown(), statusEventSchema) });

/**
 * Publishes a message about a status event, if the demand asks for one. This is a function of its own: its failure
 * delays no status event.
 *
 * @param event a status event from the bus
 * @returns `{notified}`, the number of names in the demand's notify list; SNS delivers to the subscriptions of these
 * names
 * @throws DemandValidationError for another event
 * @throws the errors of SNS
 */
export async function notify(event: unknown, { notifications }: { readonly notifications: Notifications }) {
  const { detail } = readModel(eventSchema, event);
  if (!isAskedFor(detail)) return { notified: 0 };
  const message = notification(detail);
  await notifications.publish(message);
  return { notified: message.notifyList.length };
}
