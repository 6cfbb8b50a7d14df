import fc from 'fast-check';
import type { StatusEvent } from '../../src/events/model';
import { truncateEvent } from '../../src/events/truncate';
import { runs } from '../demand/arbitraries';

const EVENT: StatusEvent = {
  version: 1,
  id: 'arn/1',
  status: 'SUCCEEDED',
  sequence: 1,
  changed_at: '2026-01-02T03:04:05Z',
  execution_arn: 'arn',
};

const bytesOf = (event: StatusEvent) => Buffer.byteLength(JSON.stringify(event));
const outputs = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `o${index}`, uri: `s3://b/${index}` }));
const problems = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ pointer: `/${index}`, message: 'm', remedy: 'r' }));

const LARGE: StatusEvent = {
  ...EVENT,
  outputs: outputs(60),
  problems: problems(60),
  tags: { team: 'penguins' },
  notify_list: ['ada@example.org'],
  user: 'ada',
  execution_type: 'test',
  execution_id: 'run-1',
};

test('an event that fits stays as it is, to the last byte', () => {
  expect(truncateEvent(LARGE, bytesOf(LARGE))).toBe(LARGE);
  expect(truncateEvent(LARGE, bytesOf(LARGE) - 1)).not.toEqual(LARGE);
});

test('a list of outputs keeps its first 50 items before any other field is cut', () => {
  expect(truncateEvent(LARGE, bytesOf(LARGE) - 1)).toEqual({
    ...LARGE,
    outputs: LARGE.outputs?.slice(0, 50),
    shortened: ['outputs'],
  });
});

test('fields are cut in the same order for every event', () => {
  const cutFields = new Set<string>();
  for (let most = bytesOf(LARGE); most > 0; most -= 20)
    for (const field of truncateEvent(LARGE, most).shortened ?? []) cutFields.add(field);
  expect([...cutFields]).toEqual([
    'outputs',
    'problems',
    'tags',
    'notify_list',
    'user',
    'execution_type',
    'execution_id',
  ]);
});

test('an event keeps its identity and its status below any limit', () => {
  const { shortened, ...rest } = truncateEvent(LARGE, 0);
  expect(rest).toEqual(EVENT);
  expect(shortened).toHaveLength(7);
});

test('the default limit is 240,000 bytes', () => {
  const long = (count: number) => ({ ...EVENT, tags: { a: 'x'.repeat(count) } });
  const room = 240_000 - bytesOf(long(0));
  expect(truncateEvent(long(room))).toEqual(long(room));
  expect(truncateEvent(long(room + 1))).toEqual({ ...EVENT, shortened: ['tags'] });
});

/** Random events, with texts of several bytes for each character among them. */
const anyEvent = fc
  .record(
    {
      outputs: fc.nat(120).map(outputs),
      problems: fc.nat(120).map(problems),
      tags: fc.dictionary(fc.string(), fc.string({ unit: 'grapheme', maxLength: 300 })),
      notify_list: fc.array(fc.string(), { maxLength: 20 }),
      user: fc.string({ unit: 'grapheme', maxLength: 300 }),
      execution_type: fc.string({ maxLength: 100 }),
      execution_id: fc.string({ maxLength: 1_000 }),
    },
    { requiredKeys: [] },
  )
  .map((fields): StatusEvent => ({ ...EVENT, ...fields }));

test('an event fits, and the fields that it does not name are unchanged', () => {
  fc.assert(
    fc.property(anyEvent, fc.integer({ min: 400, max: 10_000 }), (event, most) => {
      const { shortened = [], ...rest } = truncateEvent(event, most);
      expect(bytesOf({ ...rest, ...(shortened.length > 0 && { shortened }) })).toBeLessThanOrEqual(most);
      const named = new Set(shortened);
      const unnamed = Object.entries(event).filter(([field]) => !named.has(field));
      expect(rest).toMatchObject(Object.fromEntries(unnamed));
      for (const field of shortened)
        expect(rest).not.toHaveProperty(field, event[field as keyof StatusEvent]);
    }),
    runs(300),
  );
});
