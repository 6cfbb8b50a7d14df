import { doneTransfer, sumOfTransfers, transferTotals } from '../../src/history/transfers';
import { entered, exited } from './events';

const OUTPUT = { result: { files_transferred: 3, bytes_transferred: 5 } };
const place = { map: 'StoreOutputs', index: 2 };

test('the last state of an iteration ends its transfer', () => {
  expect(doneTransfer(exited('InputStaged', OUTPUT, 0, place))).toEqual({
    ...{ direction: 'input', index: 2 },
    ...{ files: 3, bytes: 5 },
  });
  expect(doneTransfer(exited('OutputStored', OUTPUT, 0, place))).toMatchObject({ direction: 'output' });
});

test.each([
  ['an entry', entered('InputStaged', OUTPUT, 0, place)],
  ['another state', exited('SyncInput', OUTPUT, 0, place)],
  ['a state outside a Map', exited('InputStaged', OUTPUT)],
  ['an output without counts', exited('InputStaged', { result: { files_transferred: 3 } }, 0, place)],
  ['an output that was cut', { ...exited('InputStaged', OUTPUT, 0, place), output: '{"result": {"fi' }],
])('%s ends no transfer', (_, event) => {
  expect(doneTransfer(event)).toBeUndefined();
});

test.each([
  ['an absent item', undefined],
  ['null', null],
  ['a number', 5],
  ['an item without a result', {}],
  ['a result that is null', { result: null }],
  ['a count that is a text', { result: { files_transferred: '3', bytes_transferred: 5 } }],
])('%s has no totals', (_, item) => {
  expect(transferTotals(item)).toBeUndefined();
});

test('the sum of transfers has the sum of the files and of the bytes', () => {
  expect(sumOfTransfers([])).toEqual({ files: 0, bytes: 0 });
  expect(
    sumOfTransfers([
      { files: 1, bytes: 10 },
      { files: 2, bytes: 20 },
    ]),
  ).toEqual({ files: 3, bytes: 30 });
});
