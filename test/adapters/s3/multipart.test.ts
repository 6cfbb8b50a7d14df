import fc from 'fast-check';
import { Gate } from '../../../src/adapters/s3/gate';
import {
  createUpload,
  endUpload,
  isGone,
  type Part,
  partSizeOf,
  partsOf,
  putParts,
} from '../../../src/adapters/s3/multipart';
import { type Reply, type Sent, scripted } from './scripted-s3';

const MIB = 1024 ** 2;
const begun = '<InitiateMultipartUploadResult><UploadId>u-1</UploadId></InitiateMultipartUploadResult>';
const problem = (code: string) => `<Error><Code>${code}</Code><Message>no</Message></Error>`;
const kindOf = ({ method, query }: Sent) => {
  if ('uploads' in query) return 'create';
  return method === 'DELETE' ? 'abort' : 'complete';
};

function targetOf(answers: Partial<Record<string, Reply>> = {}, signal = new AbortController().signal) {
  const { client, sent } = scripted((request) => {
    const kind = kindOf(request);
    return answers[kind] ?? { body: kind === 'create' ? begun : '<CompleteMultipartUploadResult/>' };
  });
  const patience = { gate: new Gate(4), signal, backoffMs: 1 };
  const target = { client, object: { Bucket: 'bucket', Key: 'key' }, hasChecksums: false, patience };
  return { target, kinds: () => sent.map(kindOf), sent };
}

describe('the size of parts', () => {
  test.each([
    [1, 8 * 1024 ** 2],
    [80_000 * 1024 ** 2, 8 * 1024 ** 2],
    [80_000 * 1024 ** 2 + 1, 9 * 1024 ** 2],
    [48.8 * 1024 ** 4, 5118 * 1024 ** 2],
  ])('of %i bytes is %i', (size, part) => {
    expect(partSizeOf(size, 8 * 1024 ** 2)).toBe(part);
    expect(Math.ceil(size / part)).toBeLessThanOrEqual(10_000);
  });

  test('is in whole MiB, and divides any object into at most 10,000 parts', () => {
    const size = fc.integer({ min: 1, max: 48 * 1024 ** 4 });
    fc.assert(
      fc.property(size, fc.integer({ min: 5, max: 256 }), (bytes, least) => {
        const part = partSizeOf(bytes, least * MIB);
        expect(part % MIB).toBe(0);
        expect(part).toBeGreaterThanOrEqual(least * MIB);
        expect(Math.ceil(bytes / part)).toBeLessThanOrEqual(10_000);
      }),
    );
  });
});

test('parts are numbered from 1, and the last part is shorter', () => {
  expect([...partsOf(25, 10)]).toEqual([
    { number: 1, offset: 0, size: 10 },
    { number: 2, offset: 10, size: 10 },
    { number: 3, offset: 20, size: 5 },
  ]);
  expect([...partsOf(20, 10)]).toHaveLength(2);
  expect([...partsOf(0, 10)]).toEqual([]);
});

describe('an upload', () => {
  const parts = [...partsOf(25, 10)];
  const send = async ({ number }: Part) => ({ ETag: `"${number}"` });

  test('sends all parts and is completed with them in order', async () => {
    const { target, sent, kinds } = targetOf();
    let finished = 0;
    const slowFirst = async (part: Part) => {
      if (part.number === 1) await new Promise(setImmediate);
      return send(part);
    };
    await putParts(parts, 3, slowFirst, target, async () => void finished++);
    expect(kinds()).toEqual(['create', 'complete']);
    expect(finished).toBe(1);
    const numbers = [...String(sent[1]?.body).matchAll(/<PartNumber>(\d)<\/PartNumber>/g)].map(
      ([, each]) => each,
    );
    expect(numbers).toEqual(['1', '2', '3']);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['a part', () => Promise.reject(new Error('EIO'))],
    ['the finish', async () => undefined],
  ])('is aborted when %s fails', async (what, sendOne) => {
    const { target, kinds } = targetOf();
    const finish = () => Promise.reject(new Error('EIO'));
    const upload = putParts(parts, 3, sendOne as never, target, what === 'the finish' ? finish : undefined);
    await expect(upload).rejects.toThrow('EIO');
    expect(kinds()).toEqual(['create', 'abort']);
  });

  test('is aborted when the completion is an error with status 200', async () => {
    const { target, kinds } = targetOf({ complete: { body: problem('InternalError') } });
    await expect(putParts(parts, 3, send, target)).rejects.toMatchObject({ name: 'InternalError' });
    expect(kinds()).toEqual(['create', 'complete', 'abort']);
  });

  test('is aborted instead of completed after an abort of the caller', async () => {
    const stop = new AbortController();
    const { target, kinds } = targetOf({}, stop.signal);
    const finish = async () => stop.abort(new Error('cancelled'));
    await expect(putParts(parts, 3, send, target, finish)).rejects.toThrow('cancelled');
    expect(kinds()).toEqual(['create', 'abort']);
  });

  test('keeps its own error when its removal fails', async () => {
    const { target } = targetOf({ abort: { status: 403, body: problem('AccessDenied') } });
    const sendOne = () => Promise.reject(new Error('EIO'));
    await expect(putParts(parts, 3, sendOne, target)).rejects.toThrow('EIO');
  });

  test('asks for checksums on request', async () => {
    const { target, sent } = targetOf();
    expect(await createUpload({ ...target, hasChecksums: true })).toBe('u-1');
    expect(sent[0]?.headers).toMatchObject({ 'x-amz-checksum-algorithm': 'CRC32' });
  });

  test('without an id is refused', async () => {
    const { target } = targetOf({ create: { body: '<InitiateMultipartUploadResult/>' } });
    await expect(createUpload(target)).rejects.toThrow('without an id');
  });
});

describe('the end of an upload', () => {
  test('accepts a missing upload', async () => {
    const { target } = targetOf({ abort: { status: 404, body: problem('NoSuchUpload') } });
    await expect(endUpload(target, 'u-1')).resolves.toBeUndefined();
  });

  test('is repeated after a transient error, also after an abort of the caller', async () => {
    let failures = 2;
    const { client, sent } = scripted(() => (failures-- > 0 ? { status: 500 } : { status: 204 }));
    const patience = { gate: new Gate(1), signal: AbortSignal.abort(), backoffMs: 1 };
    await endUpload({ client, object: { Bucket: 'bucket', Key: 'key' }, patience }, 'u-1');
    expect(sent).toHaveLength(3);
  });

  test('fails when S3 refuses it', async () => {
    const { target } = targetOf({ abort: { status: 403, body: problem('AccessDenied') } });
    await expect(endUpload(target, 'u-1')).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

test.each([
  ['NoSuchUpload', true],
  ['NoSuchKey', false],
])('%s means a missing upload: %s', (name, expected) => {
  expect(isGone(Object.assign(new Error('no'), { name }))).toBe(expected);
});
