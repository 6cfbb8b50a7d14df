/** Requests as bytes on a socket, signed with the keys and the Host that a test wants. */
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { SignatureV4 } from '@smithy/signature-v4';
import type { ApiCredentials } from '../../../../local/api/access/credentials';

/** Names and values in their order. A name may occur twice. */
export type RawHeaders = readonly (readonly [string, string])[];

export interface RawRequest {
  readonly method: string;
  /** Path with query, or another target. */
  readonly target: string;
  readonly version?: '1.0' | '1.1';
  readonly headers: RawHeaders;
  readonly body: string;
}

export interface RawAnswer {
  readonly status: number;
  /** The status lines and headers, in lower case, with those of "100 Continue". */
  readonly head: string;
  /** With its framing. */
  readonly body: string;
}

const MOST_WAIT_MS = 20_000;

/** @returns undefined when the server closes the connection without an answer */
export async function exchange(port: number, request: RawRequest): Promise<RawAnswer | undefined> {
  const socket = connect({ port, host: '127.0.0.1', timeout: MOST_WAIT_MS });
  socket.once('timeout', () => socket.destroy(new Error(`No answer to ${request.method} ${request.target}`)));
  await once(socket, 'connect');
  socket.write(bytesOf(request), 'latin1');
  const answer = await text(socket).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET') return '';
    throw error;
  });
  if (answer === '') return undefined;
  const [head = '', status] =
    /^(?:HTTP\/1.1 1\d\d .*\r\n\r\n)*HTTP\/1.1 (\d+) [\s\S]*?\r\n\r\n/.exec(answer) ?? [];
  return { status: Number(status), head: head.toLowerCase(), body: answer.slice(head.length) };
}

function bytesOf({ method, target, version = '1.1', headers, body }: RawRequest): string {
  const all: RawHeaders = [
    ...headers,
    ['content-length', String(Buffer.byteLength(body))],
    ['connection', 'close'],
  ];
  const lines = [`${method} ${target} HTTP/${version}`, ...all.map(([name, value]) => `${name}: ${value}`)];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

export interface SigningOptions {
  readonly credentials: ApiCredentials;
  readonly host: string;
  /** Default: `batch`. */
  readonly service?: string;
  /** Default: now. */
  readonly date?: Date;
  /** False: only the signature has the hash of the body, as in requests of boto3. Default: true. */
  readonly isHashSent?: boolean;
  /** False: the signature does not cover the Host header. Default: true. */
  readonly isHostSigned?: boolean;
}

export interface ToSign {
  readonly method?: string;
  /** With the query. Default: the path of SubmitJob. */
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const SUBMIT_JOB = '/v1/submitjob';

/** Signs a request as AWS's SDK does. By default it is a SubmitJob. */
export async function signed(
  { method = 'POST', target = SUBMIT_JOB, headers = {}, body = '{}' }: ToSign,
  options: SigningOptions,
): Promise<RawRequest> {
  const { credentials, host, service = 'batch', date = new Date() } = options;
  const { isHashSent = true, isHostSigned = true } = options;
  const request = await signer(credentials, service, isHashSent).sign(
    { ...httpRequest(method, target), headers: { ...(isHostSigned && { host }), ...headers }, body },
    { signingDate: date },
  );
  return { method, target, headers: Object.entries({ host, ...request.headers }), body };
}

/** Signs the query of a request to S3, as AWS's SDK does for presigned URLs. */
export async function presigned(
  method: string,
  path: string,
  { credentials, host, service = 's3', date = new Date() }: SigningOptions,
  expiresIn = 60,
  hash = 'UNSIGNED-PAYLOAD',
): Promise<RawRequest> {
  const { query = {} } = await signer(credentials, service).presign(
    { ...httpRequest(method, path), headers: { host, 'x-amz-content-sha256': hash } },
    { signingDate: date, expiresIn: unchecked(expiresIn) },
  );
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return { method, target: `${path}?${pairs.join('&')}`, headers: [['host', host]], body: '' };
}

function signer(credentials: ApiCredentials, service: string, applyChecksum = true): SignatureV4 {
  return new SignatureV4({
    applyChecksum,
    ...{ credentials, service, region: 'us-west-2', uriEscapePath: service !== 's3' },
    sha256: class {
      readonly #hash;
      constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
        this.#hash =
          secret === undefined
            ? createHash('sha256')
            : createHmac('sha256', Buffer.from(secret as Uint8Array));
      }
      update(data: string | ArrayBuffer | ArrayBufferView): void {
        this.#hash.update(Buffer.from(data as Uint8Array));
      }
      async digest(): Promise<Uint8Array> {
        return this.#hash.digest();
      }
      reset(): void {}
    },
  });
}

/** The signer refuses more than a week. It compares the value, and writes the text. */
function unchecked(seconds: number): number {
  return { valueOf: () => 1, toString: () => String(seconds) } as unknown as number;
}

function httpRequest(method: string, target: string) {
  // The target of a proxy is signed as it is.
  if (!target.startsWith('/'))
    return { method, protocol: 'http:', hostname: 'any', path: target, headers: {}, query: {} };
  const { pathname, searchParams } = new URL(target, 'http://any');
  return {
    ...{ method, protocol: 'http:', hostname: 'any', path: pathname, headers: {} },
    query: Object.fromEntries(searchParams),
  };
}

/** The same request with other headers; the signature stays. */
export function withHeaders(request: RawRequest, ...changes: RawHeaders): RawRequest {
  const names = changes.map(([name]) => name);
  return { ...request, headers: [...request.headers.filter(([name]) => !names.includes(name)), ...changes] };
}
