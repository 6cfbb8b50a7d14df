import { OpenCalls } from '../../src/history/calls';
import type { HistoryEvent } from '../../src/history/events';
import { asked, callEnded, called } from './events';

function overAtOf(...events: HistoryEvent[]): number {
  const calls = new OpenCalls();
  for (const event of events) calls.see(event);
  return calls.overAt;
}

test.each([
  ['no call', [], 0],
  ['an open call', [called(1, 500)], 500],
  ['the longest of the open calls', [called(1, 500), called(2, 900), called(3, 700)], 900],
  ['a call that has ended', [called(1, 500), callEnded(1)], 0],
  ['the rest after the longest has ended', [called(1, 500), called(2, 900), callEnded(2)], 500],
  ['a retry of a call whose end is unknown', [called(1, 500), called(2, 400), callEnded(2)], 500],
  ['a task that calls no function', [asked('arn:child', 900)], 0],
] as const)('%s', (_, events, overAt) => {
  expect(overAtOf(...events)).toBe(overAt);
});
