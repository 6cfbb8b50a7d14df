import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { Gate } from '../../../src/adapters/s3/gate';
import { readRange } from '../../../src/adapters/s3/ranges';
import { formatChecksum, S3Requests } from '../../../src/adapters/s3/requests';
import { TransferMismatch } from '../../../src/errors';
import { type Reply, type Sent, scripted } from './scripted-s3';

const WHOLE = { from: 0, to: 10 };

/** Reads a range of an object of ten bytes. */
async function read(
  answer: (sent: Sent, index: number) => Reply,
  range = WHOLE,
  until: AbortSignal = new AbortController().signal,
) {
  const { client, sent } = scripted(answer);
  const source = {
    requests: new S3Requests(client),
    location: { bucket: 'bucket', key: 'key' },
    expected: { key: '', size: 10, version: '"etag"' },
  };
  const gate = new Gate(4);
  const entered = { now: 0, times: 0 };
  const enter = async () => {
    entered.now++;
    entered.times++;
    return () => void entered.now--;
  };
  const chunks: Buffer[] = [];
  const failure = await (async () => {
    for await (const chunk of readRange(source, range, { gate, signal: until, backoffMs: 1 }, enter))
      chunks.push(chunk);
  })().catch((error: unknown) => error);
  return { content: Buffer.concat(chunks).toString(), failure, sent, entered, limit: gate.limit };
}

async function* breakAfter(content: string): AsyncGenerator<Buffer> {
  yield Buffer.from(content);
  throw new Error('socket hang up');
}
const range = (given: string, body: Reply['body'] = '') => ({
  status: 206,
  headers: { 'content-range': `bytes ${given}` },
  body,
});

test('a whole object is one request without a range, for the listed version', async () => {
  const { content, sent, entered } = await read(() => ({ body: '0123456789' }));
  expect(content).toBe('0123456789');
  expect(sent.map(({ headers }) => [headers['if-match'], headers.range])).toEqual([['"etag"', undefined]]);
  expect(entered).toEqual({ now: 0, times: 1 });
});

test('a range is one request for its bytes', async () => {
  const { content, sent } = await read(() => range('4-6/10', '456'), { from: 4, to: 7 });
  expect(content).toBe('456');
  expect(sent[0]?.headers).toMatchObject({ range: 'bytes=4-6' });
});

test('an empty range is no request', async () => {
  expect(await read(() => ({}), { from: 4, to: 4 })).toMatchObject({ content: '', sent: [] });
});

test.each([
  ['breaks off', () => Readable.from(breakAfter('0123'))],
  ['ends early', () => Readable.from([Buffer.from('0123')])],
])('a body that %s is resumed where it stopped, from the same version', async (_, first) => {
  const { content, sent, entered } = await read((_request, index) =>
    index === 0 ? { body: first() } : range('4-9/10', '456789'),
  );
  expect(content).toBe('0123456789');
  expect(sent.map(({ headers }) => [headers['if-match'], headers.range])).toEqual([
    ['"etag"', undefined],
    ['"etag"', 'bytes=4-9'],
  ]);
  expect(entered).toEqual({ now: 0, times: 2 });
});

test('a body that breaks off every time fails after six requests', async () => {
  const { failure, sent } = await read((_request, index) =>
    index === 0 ? { body: 'x' } : range(`${index}-9/10`, 'x'),
  );
  expect(failure).toBeInstanceOf(TransferMismatch);
  expect(failure).toMatchObject({
    message: 's3://bucket/key ended after 6 of 10 bytes, 6 times. Run the transfer again',
  });
  expect(sent).toHaveLength(6);
});

test.each<[string, Reply, { from: number; to: number }, string]>([
  ['part of the object instead of all', { ...range('0-9/10') }, WHOLE, 'for the whole object has status 206'],
  [
    'all of the object instead of a range',
    { body: '0123456789' },
    { from: 0, to: 4 },
    'has status 200, not 206',
  ],
  ['another range', range('5-8/10'), { from: 4, to: 8 }, 'for bytes 4-7/10 has "bytes 5-8/10"'],
  ['a range of another size', range('4-7/11'), { from: 4, to: 8 }, 'for bytes 4-7/10 has "bytes 4-7/11"'],
  [
    'another length',
    { headers: { 'content-length': '7' }, body: '0123456' },
    WHOLE,
    'announces 7 bytes instead of 10',
  ],
])('an answer with %s is refused', async (_, reply, wanted, message) => {
  const { failure, content } = await read(() => reply, wanted);
  expect(failure).toBeInstanceOf(TransferMismatch);
  expect(failure).toMatchObject({ message: expect.stringContaining(message) });
  expect(content).toBe('');
});

test('more bytes than requested are refused', async () => {
  const { failure } = await read(() => ({ body: '0123456789x' }));
  expect(failure).toMatchObject({ message: expect.stringContaining('more bytes arrived than requested') });
});

describe('the checksum of a whole object', () => {
  const checksum = (value: string, headers = {}) => ({
    headers: { 'x-amz-checksum-crc32': value, ...headers },
    body: '0123456789',
  });
  const [right, wrong] = [formatChecksum(crc32('0123456789')), formatChecksum(crc32('other'))];

  test('is requested for a whole object only', async () => {
    const { sent } = await read(() => ({ body: '0123456789' }));
    expect(sent[0]?.headers).toMatchObject({ 'x-amz-checksum-mode': 'ENABLED' });
    const { sent: ranged } = await read(() => range('4-6/10', '456'), { from: 4, to: 7 });
    expect(ranged[0]?.headers).not.toHaveProperty('x-amz-checksum-mode');
  });

  test.each([
    ['equals that of the bytes', right, undefined],
    ['is of parts', `${wrong}-2`, undefined],
    ['differs', wrong, expect.any(TransferMismatch)],
  ])('%s', async (_, value, failure) => {
    expect((await read(() => checksum(value))).failure).toEqual(failure);
  });
});

test.each([
  [412, 'PreconditionFailed'],
  [404, 'NoSuchKey'],
])('%i means that the object does not have the listed version', async (status, code) => {
  const { failure, sent } = await read(() => ({ status, body: `<Error><Code>${code}</Code></Error>` }));
  expect(failure).toBeInstanceOf(TransferMismatch);
  expect(sent).toHaveLength(1);
});

test('a throttled request lowers the limit of the gate, and is repeated', async () => {
  const { content, limit } = await read((_, index) => (index < 2 ? { status: 503 } : { body: '0123456789' }));
  expect(content).toBe('0123456789');
  expect(limit).toBeLessThan(4);
});

test('an abort ends the read with its reason', async () => {
  const stop = AbortSignal.abort(new Error('cancelled'));
  const { failure, sent } = await read(() => ({ body: '0123456789' }), WHOLE, stop);
  expect(failure).toMatchObject({ message: 'cancelled' });
  expect(sent).toEqual([]);
});
