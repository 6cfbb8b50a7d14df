import { OpenStates } from '../../src/history/open-states';
import { entered, exited } from './events';

const at = (index: number) => ({ map: 'StageInputs', index });

function openAfter(...events: ReturnType<typeof entered>[]) {
  const states = new OpenStates();
  for (const event of events) states.see(event);
  return states;
}

test('a state is open from its entry to its exit', () => {
  const states = openAfter(entered('Normalise', {}, 3));
  expect(states.innermost).toEqual([{ state: 'Normalise', since: 3 }]);
  states.see(exited('Normalise'));
  expect(states.innermost).toEqual([]);
});

test('a Map with open iterations is not innermost: its iterations are', () => {
  const states = openAfter(
    entered('StageInputs'),
    entered('SyncInput', {}, 1, at(0)),
    entered('SyncInput', {}, 2, at(1)),
  );
  expect(states.innermost).toEqual([
    { state: 'SyncInput', ...at(0), since: 1 },
    { state: 'SyncInput', ...at(1), since: 2 },
  ]);
  states.see(exited('SyncInput', {}, 3, at(0)));
  expect(states.innermost).toEqual([{ state: 'SyncInput', ...at(1), since: 2 }]);
  states.see(exited('SyncInput', {}, 3, at(1)));
  expect(states.innermost).toMatchObject([{ state: 'StageInputs' }]);
});

test('the exit of a Map closes its open iterations', () => {
  const states = openAfter(entered('StageInputs'), entered('SyncInput', {}, 1, at(0)), exited('StageInputs'));
  expect(states.innermost).toEqual([]);
});
