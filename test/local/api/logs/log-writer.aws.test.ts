import { randomUUID } from 'node:crypto';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { type LogPlace, LogWriter } from '../../../../local/api/logs/log-writer';
import { endpoint } from '../../../api/endpoint';

let client: CloudWatchLogsClient;
/** Names of the sent requests, each with its outcome. */
let sent: string[];
let lost: { place: LogPlace; lines: number; error: unknown }[];
let now: number;
let group: string;
let writer: LogWriter;

beforeEach(() => {
  client = new CloudWatchLogsClient({ endpoint: endpoint() });
  sent = [];
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (request) => {
        sent.push(commandName.replace('Command', ''));
        return next(request);
      },
    { step: 'initialize' },
  );
  lost = [];
  now = Date.now();
  group = `/aws/lambda/${randomUUID()}`;
  writer = new LogWriter(client, {
    clock: { now: () => now },
    lost: (place, lines, error) => void lost.push({ place, lines, error }),
  });
});
afterEach(() => client.destroy());

async function linesIn({ group: logGroupName, stream: logStreamName }: LogPlace): Promise<string[]> {
  const messages: string[] = [];
  let nextToken: string | undefined;
  for (;;) {
    const wanted = { logGroupName, logStreamName, startFromHead: true, ...(nextToken && { nextToken }) };
    const page = await client.send(new GetLogEventsCommand(wanted));
    messages.push(...(page.events ?? []).map(({ message = '' }) => message));
    if (page.nextForwardToken === nextToken || page.events?.length === 0) return messages;
    nextToken = page.nextForwardToken;
  }
}

const numbered = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) => `${first + index}`);

test('after a flush all lines of several streams are written, in order', async () => {
  const places = ['a', 'b/default/1', '2026/01/02/[$LATEST]c'].map((stream) => ({ group, stream }));
  for (const line of numbered(50)) for (const place of places) writer.write(place, line);
  await writer.flush();
  for (const place of places) expect(await linesIn(place)).toEqual(numbered(50));
  expect(lost).toEqual([]);
});

test('later lines follow in the same stream, and a stream without a line is not made', async () => {
  const place = { group, stream: 'one' };
  await writer.flush();
  expect(sent).toEqual([]);
  for (const line of numbered(3)) {
    writer.write(place, line);
    await writer.flush();
  }
  expect(sent).toEqual([
    'CreateLogGroup',
    'CreateLogStream',
    ...['PutLogEvents', 'PutLogEvents', 'PutLogEvents'],
  ]);
  expect(await linesIn(place)).toEqual(numbered(3));
});

test('the writer uses an existing group and an existing stream', async () => {
  await client.send(new CreateLogGroupCommand({ logGroupName: group }));
  await client.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: 'here' }));
  for (const stream of ['here', 'new']) writer.write({ group, stream }, stream);
  await writer.flush();
  for (const stream of ['here', 'new']) expect(await linesIn({ group, stream })).toEqual([stream]);
  expect(lost).toEqual([]);
});

test('lines that arrive together are one request, up to 10,000', async () => {
  const place = { group, stream: 'many' };
  for (const line of numbered(10_001)) writer.write(place, line);
  await writer.flush();
  expect(sent.filter((name) => name === 'PutLogEvents')).toHaveLength(2);
  expect(await linesIn(place)).toEqual(numbered(10_001));
});

test('a line of more than 1 MB is divided, and an empty line is dropped', async () => {
  const place = { group, stream: 'long' };
  const line = 'é'.repeat(1_000_000);
  for (const each of ['before', '', line, 'after']) writer.write(place, each);
  await writer.flush();
  const [before, first = '', second = '', ...after] = await linesIn(place);
  expect([before, after]).toEqual(['before', ['after']]);
  expect(first + second === line).toBe(true);
  expect(lost).toEqual([]);
});

test('a clock that is set back does not change the order', async () => {
  const place = { group, stream: 'back' };
  writer.write(place, 'first');
  now -= 60_000;
  writer.write(place, 'second');
  await writer.flush();
  expect(await linesIn(place)).toEqual(['first', 'second']);
  expect(lost).toEqual([]);
});

test('lost lines are reported, and all other lines are written', async () => {
  const impossible = { group: 'x'.repeat(513), stream: 'any' };
  const places = ['one', 'two'].map((stream) => ({ group, stream }));
  for (const place of [places[0], impossible, places[1]]) {
    writer.write(place!, 'a');
    writer.write(place!, 'b');
  }
  await writer.flush();
  for (const place of places) expect(await linesIn(place)).toEqual(['a', 'b']);
  expect(lost).toMatchObject([{ place: impossible, lines: 2, error: { name: 'InvalidParameterException' } }]);
});

test('a group that somebody has removed is made again for later lines', async () => {
  const place = { group, stream: 'again' };
  for (const line of ['old', 'lost', 'new']) {
    if (line === 'lost') await client.send(new DeleteLogGroupCommand({ logGroupName: group }));
    writer.write(place, line);
    await writer.flush();
  }
  expect(lost).toMatchObject([{ place, lines: 1, error: { name: 'ResourceNotFoundException' } }]);
  expect(await linesIn(place)).toEqual(['new']);
});
