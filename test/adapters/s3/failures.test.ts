import {
  BrokenBody,
  explainRedirect,
  isNamed,
  isPassing,
  isThrottling,
  readFailure,
  toReadError,
  verdictOn,
} from '../../../src/adapters/s3/failures';
import { TransferMismatch } from '../../../src/errors';

const named = (name: string) => Object.assign(new Error(name), { name });
const coded = (code: string) => Object.assign(new Error(code), { code });
/** An error of the SDK. */
const ofSdk = (name: string, httpStatusCode: number) =>
  Object.assign(named(name), { $metadata: { httpStatusCode } });

test.each<[string, boolean, boolean, unknown]>([
  ["S3's SlowDown", true, true, named('SlowDown')],
  ["the SDK's error with status 503", true, true, ofSdk('Unknown', 503)],
  ['an answer with status 503', true, true, readFailure(503, {}, '')],
  ['an answer with status 429', true, true, readFailure(429, {}, '')],
  ['an answer with status 500', false, true, readFailure(500, {}, '')],
  ["the SDK's error with status 502", false, true, ofSdk('Unknown', 502)],
  ["S3's InternalError", false, true, named('InternalError')],
  ["S3's RequestTimeout", false, true, named('RequestTimeout')],
  ['a connection that was reset', false, true, coded('ECONNRESET')],
  ['a broken pipe without an error', false, true, { code: 'EPIPE' }],
  ['a body that broke off', false, true, new BrokenBody('ended')],
  ['an answer with status 403', false, false, readFailure(403, {}, '')],
  ['a missing file', false, false, coded('ENOENT')],
  ['a defect', false, false, new Error('defect')],
  ['no error', false, false, undefined],
  ['a text', false, false, 'ECONNRESET'],
])('%s is throttling: %s, transient: %s', (_, throttling, passing, error) => {
  expect([isThrottling(error), isPassing(error)]).toEqual([throttling, passing]);
  expect(verdictOn(error)).toBe(passing ? 'passing' : 'mistake');
});

describe('an answer without success', () => {
  test('has the code and the message of its body', () => {
    const body =
      '<?xml version="1.0"?><Error><Code>InvalidObjectState</Code><Message>archived</Message></Error>';
    const error = readFailure(403, {}, body);
    expect(error).toMatchObject({ name: 'InvalidObjectState', message: 'archived', status: 403 });
  });

  test.each([
    [301, 'PermanentRedirect'],
    [403, 'AccessDenied'],
    [404, 'NoSuchKey'],
    [412, 'PreconditionFailed'],
    [416, 'InvalidRange'],
    [500, 'InternalError'],
    [503, 'SlowDown'],
    [418, 'S3Failure'],
  ])('of status %i and without a body has the name %s', (status, name) => {
    expect(readFailure(status, {}, '')).toMatchObject({ name, message: `S3 answered ${status}` });
  });

  test.each([
    ['a header', { 'x-amz-bucket-region': 'eu-north-1' }, ''],
    ['its body', {}, '<Error><Region>eu-north-1</Region></Error>'],
  ])('names the region of the bucket from %s', (_, headers, body) => {
    expect(readFailure(301, headers, body).message).toContain(
      'the bucket is in eu-north-1: set AWS_REGION=eu-north-1',
    );
  });
});

describe('a redirect of the SDK', () => {
  const redirect = (message: string, headers?: object) =>
    Object.assign(ofSdk('PermanentRedirect', 301), { message, $response: { headers } });
  const region = { 'x-amz-bucket-region': 'eu-north-1' };

  test('gets the region of the bucket', () => {
    const error = redirect('no', region);
    expect(explainRedirect(error)).toBe(error);
    expect(error.message).toBe('no (the bucket is in eu-north-1: set AWS_REGION=eu-north-1)');
  });

  test.each([
    ['names the region already', redirect('use eu-north-1', region), 'use eu-north-1'],
    ['has no region', redirect('no', {}), 'no'],
    [
      'has another status',
      Object.assign(redirect('no', region), { $metadata: { httpStatusCode: 403 } }),
      'no',
    ],
  ])('that %s stays as it is', (_, error, message) => {
    expect(explainRedirect(error)).toMatchObject({ message });
  });

  test('is an error: every other value stays as it is', () => {
    expect(explainRedirect('no')).toBe('no');
  });
});

test.each(['PreconditionFailed', 'NoSuchKey', 'NotFound', 'InvalidRange'])(
  '%s of a read means that the object has changed',
  (name) => {
    const error = toReadError(named(name), 's3://bucket/key');
    expect(error).toBeInstanceOf(TransferMismatch);
    expect(error).toMatchObject({
      message: expect.stringContaining('s3://bucket/key has changed or was removed'),
    });
    expect(error).toHaveProperty('cause.name', name);
  },
);

test('every other error of a read stays as it is', () => {
  const error = named('AccessDenied');
  expect(toReadError(error, 's3://bucket/key')).toBe(error);
});

test('an error has one name', () => {
  expect(isNamed(named('NotFound'), 'NotFound')).toBe(true);
  expect(isNamed(named('NotFound'), 'NoSuchUpload')).toBe(false);
  expect(isNamed({ name: 'NotFound' }, 'NotFound')).toBe(false);
});
