/** Reading an object, or a range of one: every byte of the listed version, or an error. */
import { crc32 } from 'node:zlib';
import { describeError, TransferMismatch } from '../../errors';
import { type S3Object, s3UriOf } from '../../transfer/schemes/s3';
import type { StoredFile } from '../../transfer/store';
import { Attempts, type Patience } from './attempts';
import { BrokenBody, toReadError } from './failures';
import { formatChecksum, type Response, type S3Requests } from './requests';

/** Bytes `from` up to, without, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface RangeSource {
  readonly requests: S3Requests;
  readonly location: S3Object;
  readonly expected: StoredFile;
}

/**
 * The bytes of a range as they come; asked for again from where they stopped when they break off.
 *
 * Every request names the listed version, so that no two versions are ever mixed.
 *
 * @param enter is waited for before each request, and what it gives is called after it
 * @throws TransferMismatch when the object is not the listed one any more
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
        if (offset + chunk.length > range.to) throw new BrokenBody(`${what}: more came than was asked for`);
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
    throw new TransferMismatch(`${what} came with other bytes than S3 has. Run this again`);
}

/** Of what came, where S3 has one of all of it; that of an object put in parts is of its parts' checksums. */
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
    ...(version === undefined ? {} : { 'if-match': version }),
    // A range has no checksum of its own.
    ...(isWhole ? { 'x-amz-checksum-mode': 'ENABLED' } : { range: `bytes=${from}-${to - 1}` }),
  };
  const response = await requests.send({ method: 'GET', bucket, key, headers }, signal);
  const reason = refuseOther(response, { from, to }, size, isWhole);
  if (reason === undefined) return response;
  response.body.destroy();
  throw new BrokenBody(`s3://${bucket}/${key}: ${reason}`);
}

/** Why an answer is not the range that was asked for. */
function refuseOther(
  { status, headers }: Response,
  { from, to }: Range,
  size: number,
  isWhole: boolean,
): string | undefined {
  const range = headers['content-range'];
  if (isWhole && status !== 200) return `the answer to a request for all of it has status ${status}`;
  if (!isWhole && status !== 206) return `the answer to a request for a range has status ${status}, not 206`;
  if (!isWhole && range !== `bytes ${from}-${to - 1}/${size}`)
    return `the answer to a request for bytes ${from}-${to - 1}/${size} has "${range ?? ''}"`;
  const length = headers['content-length'];
  if (length !== undefined && Number(length) !== to - from)
    return `${length} bytes are announced, not ${to - from}`;
  return undefined;
}

/** Whatever ends a body early, the rest of it can be asked for. */
function toBrokenBody(cause: unknown, what: string): BrokenBody {
  if (cause instanceof BrokenBody) return cause;
  return new BrokenBody(`${what}: ${describeError(cause).message}`, { cause });
}
