/** What an answer of S3 that is no success means. */
import type { ErrorVerdict } from '../../context/inputs';
import { TransferMismatch } from '../../errors';

/** A refusal of S3, named by its code as the SDK's errors are. */
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

/** Of the connection, by Node's `code` or the SDK's `name`; and answers that pass though their status says 400. */
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

/** A body broke off or ended early: it can be asked for again from there. */
export class BrokenBody extends Error {
  override readonly name = 'BrokenBody';
}

/** By S3's code: `NotFound`, `NoSuchUpload`. */
export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

export function isThrottling(error: unknown): boolean {
  return THROTTLING.has(textOf(error, 'name')) || statusOf(error) === 503;
}

/** Whether the same request may succeed later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof BrokenBody || isThrottling(error) || statusOf(error) >= 500) return true;
  return PASSING.has(textOf(error, 'name')) || PASSING.has(textOf(error, 'code'));
}

/** Of an input that cannot be listed, by who is to read it. */
export function verdictOn(error: unknown): ErrorVerdict {
  return isPassing(error) ? 'passing' : 'mistake';
}

/** @param text the body, which is XML or nothing */
export function readFailure(status: number, headers: Readonly<Record<string, string>>, text: string): Error {
  const code = elementOf(text, 'Code') ?? NAMES[status] ?? 'S3Failure';
  const message = elementOf(text, 'Message') ?? `S3 answered ${status}`;
  const region = headers['x-amz-bucket-region'] ?? elementOf(text, 'Region');
  return new S3Failure(code, region === undefined ? message : inRegion(message, region), status);
}

/** Names the region, where the SDK's own message of a redirect does not. */
export function explainRedirect(error: unknown): unknown {
  if (!(error instanceof Error) || statusOf(error) !== 301) return error;
  const { $response } = error as { $response?: { headers?: Record<string, string> } };
  const region = $response?.headers?.['x-amz-bucket-region'];
  if (region !== undefined && !error.message.includes(region))
    error.message = inRegion(error.message, region);
  return error;
}

/** TransferMismatch when it is the object that is not the listed one any more. @param what the object's uri */
export function toReadError(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || !CHANGED.has(error.name)) return explainRedirect(error);
  const message = `${what} has changed or gone since it was listed. Run this again once nothing writes there`;
  return new TransferMismatch(message, { cause: error });
}

function inRegion(message: string, region: string): string {
  return `${message} (the bucket is in ${region}: set AWS_REGION to that)`;
}

function elementOf(text: string, name: string): string | undefined {
  const [, found] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text) ?? [];
  return found;
}

/** 0 where there is none. */
function statusOf(error: unknown): number {
  if (error instanceof S3Failure) return error.status;
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode ?? 0;
}

/** By its properties: Node's own errors are no `Error` of ours where code runs in a context of its own. */
function textOf(error: unknown, property: 'name' | 'code'): string {
  const has = typeof error === 'object' && error !== null && property in error;
  return has ? String((error as Record<string, unknown>)[property]) : '';
}
