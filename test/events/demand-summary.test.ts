import { demandSummary, refusedSummary } from '../../src/events/demand-summary';
import { demandOf } from '../demand/arbitraries';

const METADATA = { user: 'ada', notify_on: { FAILED: true }, notify_list: ['ada@example.org'] };
const SUMMARY = { execution_id: 'run-1', execution_type: 'test', ...METADATA };

test('a valid demand has its names, its tags and its notifications', () => {
  const demand = demandOf({}, { execution_metadata: { ...METADATA, tag: 'a=1', tags: { b: '2' } } });
  expect(demandSummary(demand)).toEqual({ ...SUMMARY, tags: { a: '1', b: '2' } });
  expect(demandSummary({ demandExecution: demand })).toEqual({ ...SUMMARY, tags: { a: '1', b: '2' } });
});

test('a demand without metadata has only its names', () => {
  expect(demandSummary(demandOf())).toEqual({ execution_id: 'run-1', execution_type: 'test' });
});

test('an invalid demand has its valid fields', () => {
  expect(demandSummary(demandOf({ command: 'ls' }, { execution_metadata: METADATA }))).toEqual(SUMMARY);
  const broken = { user: 5, notify_on: { FAILED: 'perhaps' }, notify_list: ['ada@example.org', 5] };
  expect(demandSummary(demandOf({}, { execution_id: '', execution_metadata: broken }))).toEqual({
    execution_type: 'test',
  });
});

test.each([
  ['null', null],
  ['a text', 'a text'],
  ['a list', []],
  ['an empty object', {}],
])('%s has an empty summary', (_, document) => {
  expect(demandSummary(document)).toEqual({});
});

test('the summary of a refused demand shows hidden characters, and cuts long texts', () => {
  const metadata = { user: 'a\u001b[2J', notify_list: ['ada@example.org'] };
  const refused = demandOf(
    {},
    { execution_id: 'x\ny\u202e', execution_type: 't'.repeat(5_000), execution_metadata: metadata },
  );
  expect(refusedSummary(refused)).toEqual({
    execution_id: 'x\\ny\\u202e',
    execution_type: `${'t'.repeat(997)}...`,
    user: 'a\\x1b[2J',
    notify_list: ['ada@example.org'],
  });
  expect(refusedSummary(demandOf())).toEqual(demandSummary(demandOf()));
  expect(refusedSummary({})).toEqual({});
});
