/** Classifies the errors of S3 and of connections to S3. */
import type { ErrorVerdict } from '../../context/inputs';
import { TransferMismatch } from '../../errors';

/** A refusal of S3. Its name is S3's code, as for errors of the SDK. */
class S3Failure extends Error {
  constructor(
    code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = code;
  }
}

const CHANGED = new Set(['PreconditionFailed', 'NoSuchKey', 'NotFound', 'InvalidRange']);

const THROTTLING = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'TooManyRequests',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
]);

/** Transient errors: of the connection, by Node's `code` or the SDK's `name`, and some answers with status 400. */
const PASSING = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
  'TimeoutError',
  'RequestTimeout',
  'InternalError',
  'BadDigest',
]);

const NAMES: Readonly<Record<number, string>> = {
  301: 'PermanentRedirect',
  307: 'TemporaryRedirect',
  403: 'AccessDenied',
  404: 'NoSuchKey',
  412: 'PreconditionFailed',
  416: 'InvalidRange',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'SlowDown',
};

/** A body broke off or ended early. A new request can continue at that byte. */
export class BrokenBody extends Error {
  override readonly name = 'BrokenBody';
}

/** @param name S3's code, such as `NotFound` or `NoSuchUpload` */
export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

export function isThrottling(error: unknown): boolean {
  return THROTTLING.has(textOf(error, 'name')) || statusOf(error) === 503;
}

/** Returns whether an error is transient: the same request may succeed later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof BrokenBody || isThrottling(error) || statusOf(error) >= 500) return true;
  return PASSING.has(textOf(error, 'name')) || PASSING.has(textOf(error, 'code'));
}

/** Returns whether the error of listing an input is transient or a mistake of the demand. */
export function verdictOn(error: unknown): ErrorVerdict {
  return isPassing(error) ? 'passing' : 'mistake';
}

/** Returns the error for an answer without success. @param text the body: XML, or empty */
export function readFailure(status: number, headers: Readonly<Record<string, string>>, text: string): Error {
  const code = elementOf(text, 'Code') ?? NAMES[status] ?? 'S3Failure';
  const message = elementOf(text, 'Message') ?? `S3 answered ${status}`;
  const region = headers['x-amz-bucket-region'] ?? elementOf(text, 'Region');
  return new S3Failure(code, region === undefined ? message : inRegion(message, region), status);
}

/** Adds the bucket's region to the message of a redirect. The SDK's own message may lack it. */
export function explainRedirect(error: unknown): unknown {
  if (!(error instanceof Error) || statusOf(error) !== 301) return error;
  const { $response } = error as { $response?: { headers?: Record<string, string> } };
  const region = $response?.headers?.['x-amz-bucket-region'];
  if (region !== undefined && !error.message.includes(region))
    error.message = inRegion(error.message, region);
  return error;
}

/**
 * Returns TransferMismatch when the object is not the listed version any more, otherwise the error itself.
 *
 * @param what the object's URI
 */
export function toReadError(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || !CHANGED.has(error.name)) return explainRedirect(error);
  const message = `${what} has changed or was removed since it was listed. Run the transfer again when nothing writes to the source`;
  return new TransferMismatch(message, { cause: error });
}

function inRegion(message: string, region: string): string {
  return `${message} (the bucket is in ${region}: set AWS_REGION=${region})`;
}

function elementOf(text: string, name: string): string | undefined {
  const [, found] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text) ?? [];
  return found;
}

/** Returns the HTTP status of an error, or 0. */
function statusOf(error: unknown): number {
  if (error instanceof S3Failure) return error.status;
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode ?? 0;
}

/** Reads a property of any object: in another context of `node:vm`, Node's errors are not instances of `Error`. */
function textOf(error: unknown, property: 'name' | 'code'): string {
  const has = typeof error === 'object' && error !== null && property in error;
  return has ? String((error as Record<string, unknown>)[property]) : '';
}
