import fc from 'fast-check';
import { STATUSES, type StatusEvent } from '../../src/events/model';
import { isAskedFor, notification } from '../../src/events/notification';
import { withoutEmpty } from '../../src/wire/json';
import { anyCharacter } from '../characters';
import { runs } from '../demand/arbitraries';

const EVENT: StatusEvent = {
  version: 1,
  id: 'arn/1',
  status: 'SUCCEEDED',
  sequence: 1,
  changed_at: '2026-01-02T03:04:05Z',
  execution_id: 'run-1',
  execution_type: 'test',
  notify_list: ['ada@example.org', 'bo@example.org'],
};

const notifiedStatuses = (changes: Partial<StatusEvent>) =>
  STATUSES.filter((status) => isAskedFor({ ...EVENT, ...changes, status }));

test.each([
  ['without notify_on', undefined, ['REFUSED', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']],
  ['with an empty notify_on', {}, []],
  ['for SUBMITTED', { SUBMITTED: true }, ['RUNNING']],
  [
    'for IN_PROGRESS and COMPLETED, not for FAILED',
    { IN_PROGRESS: true, COMPLETED: true, FAILED: false },
    ['RUNNING', 'SUCCEEDED'],
  ],
  ['for FAILED', { FAILED: true }, ['REFUSED', 'FAILED', 'TIMED_OUT']],
  ['for ABORTED', { ABORTED: true }, ['ABORTED']],
  ['for AWAITING_TRIGGER, which never occurs', { AWAITING_TRIGGER: true }, []],
])('a demand %s notifies its people of these statuses', (_, on, statuses) => {
  expect(notifiedStatuses(withoutEmpty({ notify_on: on }))).toEqual(statuses);
});

test('a job that waits is told to people who asked for nothing special, or for the progress', () => {
  const waiting = {
    job_id: 'job',
    since: '2026-01-02T03:04:05Z',
    reason: 'CAPACITY:NONE',
    message: 'no hosts. Wait',
  };
  expect(notifiedStatuses({ waiting })).toContain('RUNNING');
  expect(notifiedStatuses({ waiting, notify_on: { FAILED: true } })).not.toContain('RUNNING');
  expect(notifiedStatuses({ waiting, notify_on: { IN_PROGRESS: true } })).toContain('RUNNING');
  const { subject, text } = notification({ ...EVENT, status: 'RUNNING', waiting });
  expect(subject).toBe('Demand run-1: RUNNING, the job waits');
  expect(text).toContain('the job job waits since 2026-01-02T03:04:05Z: CAPACITY:NONE\nno hosts. Wait');
});

test('a demand that names no people asks for no notification', () => {
  expect(notifiedStatuses({ notify_list: [], notify_on: { FAILED: true } })).toEqual([]);
  const { notify_list: _, ...unnamed } = EVENT;
  expect(isAskedFor(unnamed)).toBe(false);
});

test('the text has the attempt, the duration, the results and the link', () => {
  const message = notification({
    ...EVENT,
    attempt: 2,
    duration_ms: 61_000,
    outputs: [{ name: 'out', uri: 's3://b/out' }],
    links: { execution: 'https://console' },
  });
  expect(message).toMatchObject({
    subject: 'Demand run-1: SUCCEEDED',
    notifyList: EVENT.notify_list,
    status: 'SUCCEEDED',
    executionType: 'test',
  });
  expect(message.text.split('\n')).toEqual([
    'Demand run-1, attempt 2: SUCCEEDED',
    'at 2026-01-02T03:04:05Z, after 61 s',
    '',
    'out: s3://b/out',
    '',
    'https://console',
  ]);
});

test('the text names the fields of the demand that nothing reads, with their hidden characters shown', () => {
  const { text } = notification({ ...EVENT, ignored_fields: ['/project', '/a\u001b'] });
  expect(text.split('\n')).toContain('Nothing reads these fields of the demand:');
  expect(text).toContain('/project\n');
  expect(text).not.toContain('\u001b');
});

test('the text of a failure has its error and its message', () => {
  const failure = { error: 'DataSourceMissing', message: 's3://b/in is empty' };
  expect(notification({ ...EVENT, status: 'FAILED', attempt: 1, failure }).text.split('\n')).toEqual([
    'Demand run-1: FAILED',
    'at 2026-01-02T03:04:05Z',
    '',
    'DataSourceMissing: s3://b/in is empty',
  ]);
});

test('the JSON is the event without the people: a recipient does not learn the other recipients', () => {
  const { notify_list: _, ...expected } = EVENT;
  expect(JSON.parse(notification(EVENT).json)).toEqual(expected);
});

test('a demand without a readable id and type has a notification, too', () => {
  const { execution_id: _, execution_type: __, ...unreadable } = EVENT;
  expect(notification({ ...unreadable, status: 'REFUSED' })).toMatchObject({
    subject: 'Demand without a name: REFUSED',
    executionType: 'unknown',
  });
});

test('SNS accepts the subject of any id: fewer than 100 characters of printable ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 200 }), (execution_id) => {
      expect(notification({ ...EVENT, execution_id }).subject).toMatch(/^Demand [ -~]{1,92}$/);
    }),
    runs(500),
  );
  const { subject } = notification({ ...EVENT, execution_id: `é\n${'x'.repeat(200)}` });
  expect(subject).toBe(`Demand ?\\n${'x'.repeat(89)}`);
});

test('a hostile id, message or destination forges no line of the mail, and its hidden characters are shown', () => {
  const hostile = 'a\u001b[2J\u202e\nDemand b: SUCCEEDED';
  const shown = 'a\\x1b[2J\\u202e\\nDemand b: SUCCEEDED';
  const message = notification({
    ...EVENT,
    status: 'FAILED',
    execution_id: hostile,
    execution_type: hostile,
    failure: { error: hostile, message: `x\n${hostile}` },
    outputs: [{ name: hostile, uri: hostile }],
    links: { execution: hostile },
  });
  expect(message.subject).toBe(`Demand ${shown}: FAILED`);
  expect(message.executionType).toBe(shown);
  expect(message.text.split('\n')).toEqual([
    `Demand ${shown}: FAILED`,
    'at 2026-01-02T03:04:05Z',
    '',
    'a\\x1b[2J\\u202e',
    '  Demand b: SUCCEEDED: x',
    '  a\\x1b[2J\\u202e',
    '  Demand b: SUCCEEDED',
    '',
    `${shown}: ${shown}`,
    '',
    shown,
  ]);
  expect(message.json).not.toMatch(/[^ -~]/);
  expect(JSON.parse(message.json).execution_id).toBe(hostile);
});

test('a list of people that is too long for SNS keeps its first names', () => {
  const list = Array.from({ length: 10_000 }, (_, index) => `${index}@example.org`);
  const { notifyList } = notification({ ...EVENT, notify_list: list });
  expect(notifyList).toEqual(list.slice(0, notifyList.length));
  expect(notifyList.length).toBeGreaterThan(2_000);
  expect(Buffer.byteLength(JSON.stringify(notifyList))).toBeLessThan(60_002);
});

test('names with hidden characters count with their escapes, and a half of a surrogate pair is no name', () => {
  const hidden = Array.from({ length: 20_000 }, () => '\u009b');
  const { notifyList } = notification({ ...EVENT, notify_list: ['a\ud800', ...hidden] });
  expect(notifyList).toEqual(hidden.slice(0, 6_000));
});

test('the JSON of a long event has the main fields, and names the fields that it lacks', () => {
  const outputs = Array.from({ length: 500 }, (_, index) => ({
    name: `o${index}`,
    uri: `s3://b/${'x'.repeat(100)}`,
  }));
  const message = notification({ ...EVENT, execution_id: 'x'.repeat(30_000), outputs });
  expect(JSON.parse(message.json)).toEqual({
    version: 1,
    id: 'arn/1',
    status: 'SUCCEEDED',
    sequence: 1,
    changed_at: '2026-01-02T03:04:05Z',
    execution_id: 'x'.repeat(1_000),
    shortened: ['outputs', 'problems', 'failure', 'tags'],
  });
  expect(message.text).toHaveLength(20_000);
});
