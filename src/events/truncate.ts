/** Shortens a status event to what EventBridge accepts. */
import { EVENT_BYTES } from '../aws-limits';
import type { StatusEvent } from './model';

/** Bytes of an event: 240,000. Source, type and bus of the entry count as well. */
const MOST_BYTES = EVENT_BYTES - 22_144;
/** Of a list that is too long: enough to look at. */
const SHOWN = 50;

type Shorten = (event: StatusEvent) => StatusEvent;

/** What is given up first comes first: all of it is in the execution, too. */
const STEPS: readonly [string, Shorten][] = [
  ['outputs', ({ outputs, ...rest }) => ({ ...rest, ...(outputs && { outputs: outputs.slice(0, SHOWN) }) })],
  [
    'problems',
    ({ problems, ...rest }) => ({ ...rest, ...(problems && { problems: problems.slice(0, SHOWN) }) }),
  ],
  ['tags', ({ tags: _, ...rest }) => rest],
  ['outputs', ({ outputs: _, ...rest }) => rest],
  ['problems', ({ problems: _, ...rest }) => rest],
  ['notify_list', ({ notify_list: _, ...rest }) => rest],
  ['user', ({ user: _, ...rest }) => rest],
  ['execution_type', ({ execution_type: _, ...rest }) => rest],
  ['execution_id', ({ execution_id: _, ...rest }) => rest],
];

/** The event itself, or as much of it as can be sent; `shortened` says what is not all there. */
export function fitEvent(event: StatusEvent, mostBytes = MOST_BYTES): StatusEvent {
  let fitted = event;
  const shortened = new Set<string>();
  for (const [field, shorten] of STEPS) {
    if (bytesOf(fitted) <= mostBytes) break;
    const { shortened: _, ...whole } = fitted;
    const shorter = shorten(whole);
    if (bytesOf(shorter) === bytesOf(whole)) continue;
    shortened.add(field);
    fitted = { ...shorter, shortened: [...shortened] };
  }
  return fitted;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
