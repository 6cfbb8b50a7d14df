/**
 * Reads what a request says about its signature, in the Authorization header or in the query of a presigned URL.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { EpochMs } from '../../../src/units';
import { AccessRefused } from './refusal';

export interface SignatureClaim {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly signedAt: Date;
  /** Milliseconds since the epoch. A presigned URL says how long it is valid; a header is valid for the clock skew. */
  readonly expiresAt?: EpochMs;
  /** Names in lower case. */
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits in lower case. */
  readonly signature: string;
  /** Token of the keys of a role. */
  readonly sessionToken: string | undefined;
  /** Hash of the body, or the name of its form. Undefined when only the signature contains the hash. */
  readonly payload: string | undefined;
}

export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
const ALGORITHM = 'AWS4-HMAC-SHA256';
const SHA256_HEADER = 'x-amz-content-sha256';
/** Seven days. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const LONGEST_SECONDS = 604_800;

/** The parts of a claim as text. */
interface GivenParts {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly date: string;
}

/** @throws AccessRefused when the request has no signature of version 4, or an incomplete one */
export function readClaim(headers: IncomingHttpHeaders, query: URLSearchParams): SignatureClaim {
  const isPresigned = query.has('X-Amz-Signature');
  const { authorization } = headers;
  if (authorization === undefined && !isPresigned)
    throw new AccessRefused('unsigned', 'A request needs a signature of version 4');
  if (authorization !== undefined && isPresigned)
    throw malformed('A request has its signature in the header or in the query, not in both');
  return authorization === undefined ? presigned(headers, query) : inHeader(authorization, headers);
}

function inHeader(authorization: string, headers: IncomingHttpHeaders): SignatureClaim {
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([^,\s]+)$/.exec(
      authorization,
    );
  const [, credential = '', signedHeaders = '', signature = ''] = given ?? [];
  const date = headers['x-amz-date'];
  const payload = headers[SHA256_HEADER];
  return {
    ...claimOf({ credential, signedHeaders, signature, date: String(date) }),
    sessionToken: headers['x-amz-security-token']?.toString(),
    payload: payload?.toString(),
  };
}

function presigned(headers: IncomingHttpHeaders, query: URLSearchParams): SignatureClaim {
  const take = (name: string) => {
    const [value = '', ...others] = query.getAll(name);
    if (others.length > 0) throw malformed(`The query has ${name} twice`);
    return value;
  };
  if (take('X-Amz-Algorithm') !== ALGORITHM) throw malformed(`The only algorithm is ${ALGORITHM}`);
  const claim = claimOf({
    credential: take('X-Amz-Credential'),
    signedHeaders: take('X-Amz-SignedHeaders'),
    signature: take('X-Amz-Signature'),
    date: take('X-Amz-Date'),
  });
  const seconds = /^\d{1,6}$/.test(take('X-Amz-Expires')) ? Number(take('X-Amz-Expires')) : 0;
  if (seconds < 1 || seconds > LONGEST_SECONDS)
    throw malformed(`X-Amz-Expires must be from 1 to ${LONGEST_SECONDS} seconds`);
  if (claim.service !== 's3') throw malformed('Only S3 has presigned URLs');
  const payload = take('X-Amz-Content-Sha256') || String(headers[SHA256_HEADER] ?? UNSIGNED_PAYLOAD);
  const sessionToken = take('X-Amz-Security-Token');
  return { ...claim, sessionToken, payload, expiresAt: claim.signedAt.getTime() + seconds * 1_000 };
}

function claimOf({
  credential,
  signedHeaders,
  signature,
  date,
}: GivenParts): Omit<SignatureClaim, 'payload' | 'sessionToken'> {
  const scope = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential);
  const [, accessKeyId = '', day, region = '', service = ''] = scope ?? [];
  if (scope === null || !/^[0-9a-f]{64}$/.test(signature))
    throw malformed('The signature is not complete: it needs Credential, SignedHeaders and Signature');
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  const [, year, month, dayOfMonth, hour, minute, second] = parts ?? [];
  const signedAt = new Date(`${year}-${month}-${dayOfMonth}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(signedAt.getTime()) || !date.startsWith(String(day)))
    throw malformed('X-Amz-Date must be a time of the day that Credential names');
  return { accessKeyId, region, service, signedAt, signedHeaders: signedHeaders.split(';'), signature };
}

function malformed(message: string): AccessRefused {
  return new AccessRefused('malformed', message);
}
