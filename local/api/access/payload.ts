/** Checks bodies against the hashes that are signed. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { type SignatureClaim, UNSIGNED_PAYLOAD } from './claim';
import { AccessRefused } from './refusal';

/** More than any request outside S3: a function's code has 50 MB at most, a third more in base64. */
const MOST_BYTES = 128 * 1024 * 1024;
/**
 * Bodies whose signature covers only their headers. S3's clients send them when they cannot read the body twice; the
 * second form ends with a checksum. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
const UNSIGNED_FORMS = [UNSIGNED_PAYLOAD, 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'];

/** Returns whether the signature of a request does not cover its body. */
export function isUnsignedForm(payload: string): boolean {
  return UNSIGNED_FORMS.includes(payload);
}

/**
 * Returns the body of a request whose signature is right. Its reader gets the last bytes only when the body has the
 * signed hash.
 *
 * @throws AccessRefused for a form of body that nothing here checks; the reader gets it for another body
 */
export function checkedBody(request: IncomingMessage, { service, payload = '' }: SignatureClaim): Readable {
  if (/^[0-9a-f]{64}$/.test(payload))
    return Readable.from(withHash(request.iterator({ destroyOnReturn: false }), payload));
  // A POST with such a body could be any request: nothing but the body says what it wants.
  if (service === 's3' && request.method !== 'POST' && isUnsignedForm(payload)) return request;
  throw new AccessRefused(
    'malformed',
    'x-amz-content-sha256 must be the hash of the body. S3 also takes UNSIGNED-PAYLOAD and STREAMING-UNSIGNED-PAYLOAD-TRAILER, except for POST',
  );
}

/** @throws AccessRefused when the body is too large for a request that does not stream it */
export async function wholeBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES)
      throw new AccessRefused(
        'tooLarge',
        `A body without x-amz-content-sha256 has ${MOST_BYTES} bytes at most`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function hashOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

/** Keeps each chunk until the next one. A server behind this one does nothing before it has the whole body. */
async function* withHash(chunks: AsyncIterable<Buffer>, hash: string): AsyncGenerator<Buffer> {
  const digest = createHash('sha256');
  let kept: Buffer | undefined;
  for await (const chunk of chunks) {
    digest.update(chunk);
    if (kept !== undefined) yield kept;
    kept = chunk;
  }
  if (digest.digest('hex') !== hash)
    throw new AccessRefused('otherBody', 'The body does not have the hash that is signed');
  if (kept !== undefined) yield kept;
}
