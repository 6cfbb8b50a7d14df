/**
 * Sends the requests with content without the SDK's middleware. The middleware takes 0.6 ms of CPU for each command,
 * four times as much as a signature and Node's client. Rare requests use the SDK.
 */
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Bytes } from '../../units';
import { type BucketAddress, type PlainRequest, resolveBucket } from './bucket-address';
import { readFailure } from './failures';
import { IdleWatch, type WatchedAttempt } from './idle-watch';

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const UNSIGNED = 'UNSIGNED-PAYLOAD';
const MOST_FAILURE_BYTES = 64 * 1024;
/** Bytes of one write. Larger content is written in pieces, which show the progress. */
const PIECE_BYTES = 256 * 1024;

export interface Request {
  readonly method: 'GET' | 'PUT';
  readonly bucket: string;
  readonly key: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: Content;
}

/** Content of a PUT. */
export interface Content {
  readonly size: Bytes;
  /** CRC32 of all bytes. Undefined when the client wants no checksum. */
  readonly checksum: number | undefined;
  /** SHA-256 in hexadecimal. Required on a connection without TLS for content without checksum and buffer. */
  readonly sha256?: string;
  /** A function returns the bytes from the start at each call. */
  readonly bytes: Buffer | (() => AsyncIterable<Buffer>);
}

export interface Response {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Fails after the signal, and after a long time without a call of {@link touch}. */
  readonly body: Readable;
  /** Reports that bytes have arrived. */
  touch(): void;
}

export class S3Requests {
  readonly #addresses = new Map<string, Promise<BucketAddress>>();
  readonly #idle = new IdleWatch();
  #wantsChecksums: Promise<boolean> | undefined;

  constructor(private readonly client: S3Client) {}

  /** Returns whether PUTs have a checksum: the client's `requestChecksumCalculation`, by default true. */
  wantsChecksums(): Promise<boolean> {
    this.#wantsChecksums ??= Promise.resolve(this.client.config.requestChecksumCalculation()).then(
      (setting) => setting !== 'WHEN_REQUIRED',
    );
    return this.#wantsChecksums;
  }

  /**
   * Sends a request once.
   *
   * @returns the answer of a success; the caller has to read or destroy its body
   * @throws Error with S3's code as its name for any other answer
   */
  async send(request: Request, signal: AbortSignal): Promise<Response> {
    const address = await this.#addressOf(request.bucket);
    const signed = await address.sign(await this.#prepare(address, request));
    const attempt = this.#idle.begin(signal);
    const body = toBody(request.body?.bytes, attempt);
    try {
      const { response } = await this.client.config.requestHandler.handle({ ...signed, body } as never, {
        abortSignal: attempt.signal,
      });
      return await take(response as never, attempt);
    } catch (error) {
      const reason = attempt.reasonFor(error);
      attempt.end();
      // An answer may arrive before the end of the request. Then the connection would wait forever for the rest.
      if (body instanceof Readable) {
        attempt.cancel();
        body.destroy();
      }
      throw reason;
    }
  }

  /** Sends a request and discards the answer's body. @returns the answer's headers */
  async sendWhole(request: Request, signal: AbortSignal): Promise<Response['headers']> {
    const { headers, body } = await this.send(request, signal);
    for await (const _ of body);
    return headers;
  }

  #addressOf(bucket: string): Promise<BucketAddress> {
    const known = this.#addresses.get(bucket);
    if (known !== undefined) return known;
    const address = resolveBucket(this.client, bucket);
    this.#addresses.set(bucket, address);
    address.catch(() => this.#addresses.delete(bucket));
    return address;
  }

  async #prepare(address: BucketAddress, request: Request): Promise<PlainRequest> {
    const { method, key, query = {}, headers = {}, body } = request;
    return address.request(method, key, query, {
      ...headers,
      ...(body === undefined
        ? { 'x-amz-content-sha256': EMPTY_SHA256 }
        : describeContent(body, address.isEncrypted)),
    });
  }
}

/** Returns a CRC32 as S3 writes it: four bytes, big endian, in base64. */
export function formatChecksum(checksum: number): string {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(checksum);
  return bytes.toString('base64');
}

function describeContent(content: Content, isEncrypted: boolean): Record<string, string> {
  const { size, checksum } = content;
  const common = { 'content-length': String(size), 'content-type': 'application/octet-stream' };
  // The signature covers the checksum. Without both checksum and TLS, anybody on the way could change a byte.
  if (checksum === undefined)
    return { ...common, 'x-amz-content-sha256': isEncrypted ? UNSIGNED : sha256Of(content) };
  return {
    ...common,
    'x-amz-sdk-checksum-algorithm': 'CRC32',
    'x-amz-checksum-crc32': formatChecksum(checksum),
    'x-amz-content-sha256': UNSIGNED,
  };
}

function sha256Of({ sha256, bytes }: Content): string {
  if (sha256 !== undefined) return sha256;
  if (!Buffer.isBuffer(bytes)) throw new Error('The content is neither in memory nor has it a SHA-256');
  return createHash('sha256').update(bytes).digest('hex');
}

function toBody(bytes: Content['bytes'] | undefined, attempt: WatchedAttempt): Buffer | Readable | undefined {
  if (bytes === undefined || (Buffer.isBuffer(bytes) && bytes.length <= PIECE_BYTES)) return bytes;
  async function* watched() {
    for await (const piece of Buffer.isBuffer(bytes) ? piecesOf(bytes) : (bytes?.() ?? [])) {
      attempt.touch();
      yield piece;
    }
  }
  return Readable.from(watched(), { objectMode: false, highWaterMark: PIECE_BYTES });
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) yield bytes.subarray(from, from + PIECE_BYTES);
}

async function take(
  response: { statusCode: number; headers: Record<string, string>; body: unknown },
  attempt: WatchedAttempt,
): Promise<Response> {
  const { statusCode: status, headers } = response;
  const body = response.body instanceof Readable ? response.body : Readable.from([]);
  const stop = () => body.destroy(attempt.signal.reason);
  setMaxListeners(0, attempt.signal);
  attempt.signal.addEventListener('abort', stop, { once: true });
  body.once('close', () => {
    attempt.signal.removeEventListener('abort', stop);
    attempt.end();
  });
  if (status >= 200 && status < 300) return { status, headers, body, touch: () => attempt.touch() };
  let text = '';
  for await (const chunk of body) {
    text += chunk;
    if (text.length > MOST_FAILURE_BYTES) break;
  }
  throw readFailure(status, headers, text);
}
