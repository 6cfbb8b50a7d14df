import { currentStateOf, watchEventsOf } from '../../../cli/aws/told';
import { aborted, entered, exited, submitted } from '../../history/events';

const itemName = (map: string, index: number) => `${map}-${['a', 'b', 'c'][index]}`;
const place = { map: 'StageInputs', index: 1 };
const within = { ...place, item: 'StageInputs-b' };

test('a state event has no input, and names the parameter that its iteration moves', () => {
  expect(watchEventsOf(entered('SyncInput', { secret: 1 }, 5, place), itemName)).toEqual([
    {
      type: 'state',
      event: {
        type: 'StateEntered',
        timestamp: 5,
        machine: 'demand-execution',
        state: 'SyncInput',
        index: 1,
      },
      within,
    },
  ]);
});

test('a state outside a Map has no iteration', () => {
  const [told] = watchEventsOf(entered('RunJob'), itemName);
  expect(told).toMatchObject({ event: { state: 'RunJob' } });
  expect(told).not.toHaveProperty('within');
});

test('the last state of an iteration gives a transfer event, too', () => {
  const output = { result: { files_transferred: 3, bytes_transferred: 5 } };
  expect(watchEventsOf(exited('InputStaged', output, 5, place), itemName)).toMatchObject([
    { type: 'state' },
    {
      type: 'transfer',
      direction: 'input',
      name: 'StageInputs-b',
      filesDone: 3,
      filesTotal: 3,
      bytesDone: 5,
      bytesTotal: 5,
    },
  ]);
});

test('a stop is shown as a failure, as in the history of a local run', () => {
  expect(watchEventsOf(aborted(7), itemName)).toEqual([
    {
      type: 'state',
      event: {
        type: 'ExecutionFailed',
        timestamp: 7,
        machine: 'demand-execution',
        error: 'ABORTED',
        cause: '',
      },
    },
  ]);
});

test('an event with the id of a job is not shown', () => {
  expect(watchEventsOf(submitted({ jobId: 'j' }), itemName)).toEqual([]);
});

test('a current state names the parameter that its iteration moves', () => {
  expect(currentStateOf({ state: 'SyncInput', ...place, since: 5 }, itemName)).toEqual({
    state: 'SyncInput',
    within,
    since: 5,
  });
  expect(currentStateOf({ state: 'RunJob', since: 5 }, itemName)).toEqual({ state: 'RunJob', since: 5 });
});
