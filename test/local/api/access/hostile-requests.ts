/**
 * Requests that the local API must refuse. Each request has one thing wrong, and is otherwise signed with the right keys:
 * only the check of this thing can refuse it.
 */
import type { ApiCredentials } from '../../../../local/api/access/credentials';
import { presigned, type RawHeaders, type RawRequest, SUBMIT_JOB, signed, withHeaders } from './raw-requests';

export const VERBS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
];
/** A route to jobs, a route to functions, the server behind the gateway, an object of S3, and moto's own API. */
export const TARGETS = [
  SUBMIT_JOB,
  '/2015-03-31/functions/any/invocations',
  '/',
  '/bucket/key',
  '/moto-api/reset',
];

export type HostileRequest = readonly [name: string, request: RawRequest];

/** @param verb and target of all requests but those whose target is wrong */
export async function fromStrangers(
  verb: string,
  target: string,
  port: number,
  credentials: ApiCredentials,
): Promise<HostileRequest[]> {
  const sign = (host: string, headers: Record<string, string> = {}) =>
    signed({ method: verb, target, headers }, { credentials, host });
  const good = await sign(`127.0.0.1:${port}`);
  const forProxy = (origin: string) =>
    signed(
      { method: verb, target: `${origin}${target}` },
      { credentials, host: `127.0.0.1:${port}`, service: 's3' },
    );
  const hosts = hostileHosts(port).map(
    async (host): Promise<HostileRequest> => [`Host: ${host}`, await sign(host)],
  );
  const marks = hostileMarks(port).map(
    ([name, value]): HostileRequest => [`${name}: ${value}`, withHeaders(good, [name, value])],
  );
  const noHost = { ...good, headers: good.headers.filter(([name]) => name !== 'host') };
  const other: RawHeaders = [['Host', 'evil.example']];
  return [
    ...(await Promise.all(hosts)),
    ...marks,
    ['no Host', noHost],
    ['no Host in HTTP/1.0', { ...noHost, version: '1.0' }],
    ['another Host after the right one', { ...good, headers: [...good.headers, ...other] }],
    ['another Host before the right one', { ...good, headers: [...other, ...good.headers] }],
    ['the target of a proxy', await forProxy(`http://127.0.0.1:${port}`)],
    ['the target of a proxy for another host', await forProxy('http://evil.example')],
    ['no credentials', { method: verb, target, headers: [['host', `127.0.0.1:${port}`]], body: '{}' }],
    [
      'keys of nobody',
      await signed({ method: verb, target }, { credentials: NOBODY, host: `127.0.0.1:${port}` }),
    ],
  ];
}

const NOBODY = { accessKeyId: 'test', secretAccessKey: 'test' };

function hostileHosts(port: number): string[] {
  const names = [
    ...[
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'evil.localhost',
      'localhost.',
      '127.0.0.1.',
    ],
    ...['127.1', '2130706433', '0.0.0.0', '127.0.0.2', '[::]', '[::ffff:127.0.0.1]', 'evil@127.0.0.1', '*'],
  ];
  return [
    ...names.map((name) => `${name}:${port}`),
    ...[
      'evil.example',
      'localhost',
      '127.0.0.1',
      `localhost:${port + 1}`,
      `127.0.0.1:0${port}`,
      `127.0.0.1:${port}/`,
    ],
    ...[`127.0.0.1:${port}, evil.example`, `localhost:${port}:${port}`],
  ];
}

function hostileMarks(port: number): RawHeaders {
  return [
    ...['http://evil.example', 'null', `http://127.0.0.1:${port}`, `http://localhost:${port}`, ''].map(
      (origin) => ['Origin', origin] as const,
    ),
    ...['cross-site', 'same-site', 'same-origin'].map((site) => ['Sec-Fetch-Site', site] as const),
  ];
}

/** Requests of this machine with wrong, old, copied or incomplete signatures. */
export async function withoutRight(port: number, credentials: ApiCredentials): Promise<HostileRequest[]> {
  const host = `127.0.0.1:${port}`;
  const right = { credentials, host };
  const good = await signed({ body: '{"jobName":"good"}' }, right);
  const unsent = await signed({ body: '{"jobName":"good"}' }, { ...right, isHashSent: false });
  const url = await presigned('GET', '/bucket/key', { credentials, host });
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);
  const withSecret = (secretAccessKey: string) => ({
    ...right,
    credentials: { ...credentials, secretAccessKey },
  });
  const targeted = await signed(
    { target: '/', headers: { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' } },
    right,
  );
  return [
    [
      'a form of a web page',
      {
        ...good,
        headers: [
          ['host', host],
          ['content-type', 'text/plain'],
        ],
      },
    ],
    ['a web socket', { method: 'GET', target: '/', headers: [['host', host], ...WEB_SOCKET], body: '' }],
    ['another secret', await signed({}, withSecret('x'.repeat(40)))],
    ['an empty secret', await signed({}, withSecret(''))],
    [
      'another key with the right secret',
      await signed({}, { ...right, credentials: { ...credentials, accessKeyId: 'AKIA' } }),
    ],
    ['another body', { ...good, body: '{"jobName":"evil"}' }],
    ['no body', { ...good, body: '' }],
    ['another body than the hash that only the signature has', { ...unsent, body: '{"jobName":"evil"}' }],
    ['another body and hash', withHeaders({ ...good, body: '' }, ['x-amz-content-sha256', EMPTY_HASH])],
    ['a body that is not signed', await signed({ headers: UNSIGNED }, right)],
    ['a body that is not signed, for S3', await signed({ headers: UNSIGNED }, { ...right, service: 's3' })],
    [
      'a form of body that nobody knows',
      await signed(
        { method: 'PUT', target: '/bucket/key', headers: { 'x-amz-content-sha256': 'STREAMING-ANY' } },
        { ...right, service: 's3' },
      ),
    ],
    [
      'a body that is not signed, of a service that never has one',
      await signed({ method: 'PUT', target: '/any', headers: UNSIGNED }, right),
    ],
    ['another day than that of the date', withHeaders(good, replaced(good, /\/\d{8}\//, '/20200101/'))],
    ['no signature of the Host', await signed({}, { ...right, isHostSigned: false })],
    [
      'a signature in the header for a presigned URL',
      await signed({ method: 'GET', target: url.target, body: '' }, { ...right, service: 's3' }),
    ],
    ['a presigned URL for eight days', await presigned('GET', '/bucket/key', right, 8 * 24 * 3_600)],
    [
      'a presigned request of another service',
      await presigned('GET', '/any', { ...right, service: 'batch' }, 60, EMPTY_HASH),
    ],
    ['another method', { ...good, method: 'PUT' }],
    ['another path', { ...good, target: '/v1/terminatejob' }],
    ['another query', { ...good, target: `${SUBMIT_JOB}?more=1` }],
    ...['x-amz-signature', 'X-AMZ-SIGNATURE', '%78-amz-signature'].flatMap((name): HostileRequest[] => [
      [`a query that no signature covers, ${name}`, { ...good, target: `${SUBMIT_JOB}?${name}=1` }],
      [`a presigned URL with ${name}`, { ...url, target: `${url.target}&${name}=1` }],
    ]),
    ...['/./v1/submitjob', '//v1/submitjob', '/v1//submitjob', '/x/../v1/submitjob'].map(
      (target): HostileRequest => [`a path with the same signature, ${target}`, { ...good, target }],
    ),
    ['another action', withHeaders(targeted, ['x-amz-target', 'AWSStepFunctions.StartExecution'])],
    ['an action that is not signed', withHeaders(good, ['x-amz-target', 'AWSStepFunctions.StartExecution'])],
    ['a signature of yesterday', await signed({}, { ...right, date: inMinutes(-24 * 60) })],
    ['a signature from 16 minutes ago', await signed({}, { ...right, date: inMinutes(-16) })],
    ['a signature in 16 minutes', await signed({}, { ...right, date: inMinutes(16) })],
    [
      'a new date on an old signature',
      withHeaders(await signed({}, { ...right, date: inMinutes(-16) }), dateOf(good)),
    ],
    ['a Host that is not signed', withHeaders(good, replaced(good, 'host;', ''))],
    ['an unfinished signature', withHeaders(good, replaced(good, /Signature=\w+$/, 'Signature='))],
    ['a short signature', withHeaders(good, replaced(good, /(Signature=\w{8})\w+$/, '$1'))],
    ['another algorithm', withHeaders(good, replaced(good, 'AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'))],
    ['version 2', withHeaders(good, ['authorization', `AWS ${credentials.accessKeyId}:c2lnbmF0dXJl`])],
    [
      'a password',
      withHeaders(good, [
        'authorization',
        `Basic ${btoa(`${credentials.accessKeyId}:${credentials.secretAccessKey}`)}`,
      ]),
    ],
    ['a bearer', withHeaders(good, ['authorization', `Bearer ${credentials.secretAccessKey}`])],
    ['a presigned URL for another method', { ...url, method: 'DELETE' }],
    ['a presigned URL for another key', { ...url, target: url.target.replace('/key', '/other') }],
    ['a presigned URL with another query', { ...url, target: `${url.target}&acl` }],
    [
      'an old presigned URL',
      await presigned('GET', '/bucket/key', { credentials, host, date: inMinutes(-2) }),
    ],
    [
      'a presigned URL with a later end',
      { ...url, target: url.target.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000') },
    ],
    ['a presigned URL twice signed', { ...url, target: `${url.target}&X-Amz-Signature=${'0'.repeat(64)}` }],
    ['a presigned URL and a header', { ...url, headers: good.headers }],
    ['a presigned job', await presigned('POST', SUBMIT_JOB, { credentials, host, service: 'batch' })],
    ['a presigned job as S3', await presigned('POST', SUBMIT_JOB, { credentials, host })],
    [
      'a presigned URL of version 2',
      {
        ...url,
        target: `/bucket/key?AWSAccessKeyId=${credentials.accessKeyId}&Signature=x&Expires=9999999999`,
      },
    ],
    ['a path that is not text', { ...good, target: '/%' }],
    [
      'a header of another request',
      withHeaders(good, ['x-amz-date', '20260101T000000Z\r\nx-amz-target: evil']),
    ],
  ];
}

const WEB_SOCKET: RawHeaders = [
  ['upgrade', 'websocket'],
  ['sec-websocket-version', '13'],
  ['sec-websocket-key', 'a2V5IG9mIDE2IGJ5dGVzIQ=='],
];
const UNSIGNED = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function dateOf({ headers }: RawRequest): RawHeaders[number] {
  return headers.find(([name]) => name === 'x-amz-date') ?? ['x-amz-date', ''];
}

function replaced({ headers }: RawRequest, from: string | RegExp, to: string): RawHeaders[number] {
  const [, value = ''] = headers.find(([name]) => name === 'authorization') ?? [];
  return ['authorization', value.replace(from, to)];
}
