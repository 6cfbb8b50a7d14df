import { PhaseClock } from '../../src/history/phases';
import { aborted, entered, started } from './events';

function clockOf(...events: ReturnType<typeof entered>[]): PhaseClock {
  const clock = new PhaseClock();
  for (const event of events) clock.see(event);
  return clock;
}

const NONE = { prepare: 0, 'stage inputs': 0, job: 0, 'store outputs': 0, 'clean up': 0 };

test('each phase lasts from its first state to the first state of the next phase', () => {
  const clock = clockOf(
    started(1_000),
    entered('Normalise', {}, 1_001),
    entered('StageInputs', {}, 1_010),
    entered('SyncInput', {}, 1_020),
    entered('RunJob', {}, 1_110),
    entered('StoreOutputs', {}, 2_110),
    entered('RemoveData', {}, 2_310),
    entered('DemandSucceeded', {}, 2_313),
  );
  expect(clock.times()).toEqual({
    prepare: 10,
    'stage inputs': 100,
    job: 1_000,
    'store outputs': 200,
    'clean up': 3,
  });
});

test('the current phase lasts until the given time, by default until the last event', () => {
  const clock = clockOf(started(1_000), entered('RunJob', {}, 1_010));
  expect(clock.times(1_500)).toEqual({ ...NONE, prepare: 10, job: 490 });
  expect(clock.times()).toEqual({ ...NONE, prepare: 10 });
});

test('the clean-up of a failure is a phase', () => {
  const clock = clockOf(started(0), entered('CleanUpAfterFailure', {}, 5), aborted(9));
  expect(clock.times()).toEqual({ ...NONE, prepare: 5, 'clean up': 4 });
});

test('every phase has lasted for 0 ms before the first event', () => {
  expect(clockOf().times()).toEqual(NONE);
  expect(clockOf().times(5)).toEqual(NONE);
});
