import { OpenCalls } from '../../src/history/calls';
import type { HistoryEvent } from '../../src/history/events';
import { asked, callEnded, called } from './events';

function overAtOf(...events: HistoryEvent[]): number {
  const calls = new OpenCalls();
  for (const event of events) calls.see(event);
  return calls.overAt;
}

test.each([
  ['a history without a call', [], 0],
  ['one open call', [called(1, 500)], 500],
  ['several open calls', [called(1, 500), called(2, 900), called(3, 700)], 900],
  ['an ended call', [called(1, 500), callEnded(1)], 0],
  ['the longest call has ended', [called(1, 500), called(2, 900), callEnded(2)], 500],
  [
    'a retry that has ended, after a call with an unknown end',
    [called(1, 500), called(2, 400), callEnded(2)],
    500,
  ],
  ['a task that calls no function', [asked('arn:child', 900)], 0],
] as const)('%s: the end of the last open call', (_, events, overAt) => {
  expect(overAtOf(...events)).toBe(overAt);
});
