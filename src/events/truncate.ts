/** Shortens a status event to what EventBridge accepts. */
import { EVENT_BYTES } from '../aws-limits';
import type { StatusEvent } from './model';

/** Bytes of an event: 240,000. Source, type and bus of the entry count as well. */
const MOST_BYTES = EVENT_BYTES - 22_144;
/** Items that stay of a long list. */
const SHOWN = 50;

type Shorten = (event: StatusEvent) => StatusEvent;

/** Fields in the order in which they are cut. The execution keeps all fields. */
const STEPS: readonly [string, Shorten][] = [
  ['outputs', ({ outputs, ...rest }) => ({ ...rest, ...(outputs && { outputs: outputs.slice(0, SHOWN) }) })],
  [
    'problems',
    ({ problems, ...rest }) => ({ ...rest, ...(problems && { problems: problems.slice(0, SHOWN) }) }),
  ],
  ['ignored_fields', ({ ignored_fields: _, ...rest }) => rest],
  ['tags', ({ tags: _, ...rest }) => rest],
  ['notify_on', ({ notify_on: _, ...rest }) => rest],
  ['outputs', ({ outputs: _, ...rest }) => rest],
  ['problems', ({ problems: _, ...rest }) => rest],
  ['notify_list', ({ notify_list: _, ...rest }) => rest],
  ['user', ({ user: _, ...rest }) => rest],
  ['execution_type', ({ execution_type: _, ...rest }) => rest],
  ['execution_id', ({ execution_id: _, ...rest }) => rest],
];

/** Cuts fields until the event fits; its `shortened` names them. */
export function truncateEvent(event: StatusEvent, mostBytes = MOST_BYTES): StatusEvent {
  let truncated = event;
  const shortened = new Set<string>();
  for (const [field, shorten] of STEPS) {
    if (bytesOf(truncated) <= mostBytes) break;
    const { shortened: _, ...whole } = truncated;
    const shorter = shorten(whole);
    if (bytesOf(shorter) === bytesOf(whole)) continue;
    shortened.add(field);
    truncated = { ...shorter, shortened: [...shortened] };
  }
  return truncated;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
