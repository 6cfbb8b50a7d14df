/** Reads an object, or a range of it: every byte of the listed version, or an error. */
import { crc32 } from 'node:zlib';
import { describeError, TransferMismatch } from '../../errors';
import { type S3Object, s3UriOf } from '../../transfer/schemes/s3';
import type { StoredFile } from '../../transfer/store';
import type { Bytes } from '../../units';
import { withoutEmpty } from '../../wire/json';
import type { Range } from '../ranged';
import { Attempts, type Patience } from './attempts';
import { BrokenBody, toReadError } from './failures';
import { formatChecksum, type Response, type S3Requests } from './requests';

export interface RangeSource {
  readonly requests: S3Requests;
  readonly location: S3Object;
  readonly expected: StoredFile;
}

/**
 * Returns the bytes of a range as they arrive. After a break a new request continues at the missing byte.
 *
 * Every request names the listed version, so versions are never mixed.
 *
 * @param enter awaited before each request; the function that it returns is called after the request
 * @throws TransferMismatch when the object is not the listed version any more
 */
export async function* readRange(
  source: RangeSource,
  range: Range,
  patience: Patience,
  enter: () => Promise<() => void>,
): AsyncGenerator<Buffer> {
  const what = s3UriOf(source.location);
  const attempts = new Attempts(patience);
  const checksum = new RunningChecksum();
  for (let offset = range.from; offset < range.to; ) {
    const leave = await enter();
    let isOpen = false;
    let failure: unknown;
    try {
      patience.signal.throwIfAborted();
      const { headers, body, touch } = await open(source, { from: offset, to: range.to }, patience.signal);
      isOpen = true;
      if (offset === 0) checksum.expect(headers);
      for await (const chunk of body as AsyncIterable<Buffer>) {
        touch();
        if (offset + chunk.length > range.to)
          throw new BrokenBody(`${what}: more bytes arrived than requested`);
        offset += chunk.length;
        checksum.add(chunk);
        yield chunk;
      }
      patience.gate.speedUp();
      if (offset < range.to)
        throw new BrokenBody(`${what} ended after ${offset} of ${source.expected.size} bytes`);
    } catch (error) {
      failure = isOpen ? toBrokenBody(error, what) : toReadError(error, what);
    } finally {
      leave();
    }
    if (failure !== undefined) await attempts.waitAfter(failure);
  }
  if (!checksum.isMet)
    throw new TransferMismatch(
      `The received bytes of ${what} do not match S3's checksum. Run the transfer again`,
    );
}

/**
 * Checksum of the received bytes. It is compared when S3 has a checksum of the whole object. For an object in parts, S3
 * has a checksum of its parts' checksums.
 */
class RunningChecksum {
  #expected: string | undefined;
  #value = 0;

  expect(headers: Response['headers']): void {
    const given = headers['x-amz-checksum-crc32'];
    const isOfAll = headers['content-range'] === undefined && given?.includes('-') === false;
    this.#expected = isOfAll ? given : undefined;
  }

  add(chunk: Buffer): void {
    if (this.#expected !== undefined) this.#value = crc32(chunk, this.#value);
  }

  get isMet(): boolean {
    return this.#expected === undefined || this.#expected === formatChecksum(this.#value);
  }
}

async function open(
  { requests, location: { bucket, key }, expected: { size, version } }: RangeSource,
  { from, to }: Range,
  signal: AbortSignal,
): Promise<Response> {
  const isWhole = from === 0 && to === size;
  const headers = {
    ...withoutEmpty({ 'if-match': version }),
    // S3 has no checksum of a range.
    ...(isWhole ? { 'x-amz-checksum-mode': 'ENABLED' } : { range: `bytes=${from}-${to - 1}` }),
  };
  const response = await requests.send({ method: 'GET', bucket, key, headers }, signal);
  const reason = refuseOther(response, { from, to }, size, isWhole);
  if (reason === undefined) return response;
  response.body.destroy();
  throw new BrokenBody(`s3://${bucket}/${key}: ${reason}`);
}

/** Returns why an answer is not the requested range, or undefined when it is. */
function refuseOther(
  { status, headers }: Response,
  { from, to }: Range,
  size: Bytes,
  isWhole: boolean,
): string | undefined {
  const range = headers['content-range'];
  if (isWhole && status !== 200) return `the answer to a request for the whole object has status ${status}`;
  if (!isWhole && status !== 206) return `the answer to a request for a range has status ${status}, not 206`;
  if (!isWhole && range !== `bytes ${from}-${to - 1}/${size}`)
    return `the answer to a request for bytes ${from}-${to - 1}/${size} has "${range ?? ''}"`;
  const length = headers['content-length'];
  if (length !== undefined && Number(length) !== to - from)
    return `the answer announces ${length} bytes instead of ${to - from}`;
  return undefined;
}

/** Turns any error of a body into BrokenBody: a new request can continue. */
function toBrokenBody(cause: unknown, what: string): BrokenBody {
  if (cause instanceof BrokenBody) return cause;
  return new BrokenBody(`${what}: ${describeError(cause).message}`, { cause });
}
