/** From the events of a history to the events that a view shows. */
import { type HistoryEvent, recordOf } from '../../src/history/events';
import type { OpenState } from '../../src/history/open-states';
import { doneTransfer } from '../../src/history/transfers';
import { withoutEmpty } from '../../src/wire/json';
import type { CurrentState, WatchEvent, Within } from './events';

/** Returns the parameter that an iteration of a Map moves. */
export type ItemName = (map: string, index: number) => string;

/** @returns an empty list for an event that views do not show */
export function watchEventsOf(event: HistoryEvent, itemName: ItemName): WatchEvent[] {
  const record = recordOf(event);
  if (record === undefined) return [];
  const within = withinOf(event, itemName);
  const told: WatchEvent = { type: 'state', event: record, ...withoutEmpty({ within }) };
  const transfer = doneTransfer(event);
  if (transfer === undefined || within === undefined) return [told];
  const { direction, files, bytes } = transfer;
  const counts = { filesDone: files, filesTotal: files, bytesDone: bytes, bytesTotal: bytes };
  return [told, { type: 'transfer', direction, name: within.item, ...counts }];
}

export function currentStateOf(open: OpenState, itemName: ItemName): CurrentState {
  const { state, since } = open;
  const within = withinOf(open, itemName);
  return { state, ...withoutEmpty({ within }), since };
}

function withinOf(
  place: { readonly map?: string; readonly index?: number } | HistoryEvent,
  itemName: ItemName,
): Within | undefined {
  const { map, index } = 'map' in place ? place : {};
  return map === undefined || index === undefined ? undefined : { map, index, item: itemName(map, index) };
}
