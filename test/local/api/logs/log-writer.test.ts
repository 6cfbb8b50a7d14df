/** The memory of the log writer. The client of CloudWatch Logs is faked. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { LogWriter } from '../../../../local/api/logs/log-writer';

const PLACE = { group: 'group', stream: 'stream' };

/** @param answer waits for the answer of each request */
function writerWith(answer: () => Promise<void>) {
  const messages: string[] = [];
  const client = {
    send: async ({ input }: { input: { logEvents?: { message: string }[] } }) => {
      await answer();
      messages.push(...(input.logEvents ?? []).map(({ message }) => message));
    },
  } as unknown as CloudWatchLogsClient;
  const writer = new LogWriter(client, { clock: { now: () => 1 }, lost: () => undefined });
  return { writer, messages };
}

test.each([
  ['one character', 'x', 20_000],
  ['64 KiB', 'x'.repeat(64 * 1024), 70],
])('the writer of lines of %s waits for a server that does not answer', (_, line, most) => {
  const { writer } = writerWith(() => new Promise(() => undefined));
  let written = 0;
  while (writer.write(PLACE, line) === undefined && written <= most) written++;
  expect(written).toBeLessThan(most);
});

test.each([
  ['one character', 'x', 600_000],
  ['64 KiB', 'x'.repeat(64 * 1024), 2_100],
])('a stream of lines of %s has an end, and says so', async (_, line, count) => {
  const { writer, messages } = writerWith(async () => undefined);
  for (let written = 0; written < count; written++) await writer.write(PLACE, line);
  await writer.flush();
  expect(messages.length).toBeLessThan(count);
  expect(messages.at(-1)).toMatch(/keeps \d+ bytes of a log stream\. Later lines are left out$/);
});

test('empty lines are no events, and take nothing of the stream', async () => {
  const { writer, messages } = writerWith(async () => undefined);
  for (let written = 0; written < 600_000; written++) await writer.write(PLACE, '');
  await writer.write(PLACE, 'the last line');
  await writer.flush();
  expect(messages).toEqual(['the last line']);
});
