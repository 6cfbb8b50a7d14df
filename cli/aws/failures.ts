/** Explains failures of requests to AWS, with the next step. */
import { describeError } from '../../src/errors';
import { EXIT } from '../refusal';

/** Ends a verb with a certain exit code. */
export class VerbFailed extends Error {
  override readonly name: string;

  constructor(
    name: string,
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
    this.name = name;
  }
}

export function notFound(name: string, message: string): VerbFailed {
  return new VerbFailed(name, message, EXIT.notFound);
}

interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly code: string;
}

/** @param action the IAM action, such as `states:StartExecution` */
export function explainAwsError(error: unknown, action: string): VerbFailed {
  const read = readSdkError(error);
  const { name, message } = read;
  if (name === 'StateMachineDoesNotExist')
    return notFound(name, `${message}. Check the ARN of --state-machine, --region and --profile`);
  const hint = hintFor(read, action);
  const told = hint === undefined ? `${action}: ${message}` : `${message}. ${hint}`;
  return new VerbFailed(nameOf(read), told, EXIT.unanswered);
}

/** Returns the name of the SDK's error, or a distinct name for an error that has only a general one. */
function nameOf({ name, message, code }: SdkError): string {
  if (name !== 'Error' && name !== 'TypeError' && name !== 'AggregateError') return name;
  if (message === NO_REGION) return 'RegionMissing';
  if (message === NO_URL) return 'InvalidEndpoint';
  return UNREACHABLE.has(code) ? 'EndpointUnreachable' : name;
}

/** Compares the name of an error, or the code of a failed connection. */
export function isAwsError(error: unknown, ...names: readonly string[]): boolean {
  const { name, code } = readSdkError(error);
  return names.includes(name) || names.includes(code);
}

export function isDenied({ name }: { readonly name: string }): boolean {
  return /^AccessDenied/.test(name) || name === 'UnauthorizedOperation';
}

/** Tells whether a repeated request may succeed: the network may be down for a while, or the service busy. */
export function isTransient(error: unknown): boolean {
  const { name, code } = readSdkError(error);
  return [name, code].some(
    (each) => UNREACHABLE.has(each) || /Throttl|TooManyRequests|ServiceUnav|^5\d\d$/.test(each),
  );
}

/** Messages of the SDK. */
const NO_REGION = 'Region is missing';
const NO_URL = 'Invalid URL';

const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'TimeoutError',
]);
const EXPIRED: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'TokenProviderError',
]);
const UNKNOWN_IDENTITY: ReadonlySet<string> = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
]);

function hintFor({ name, message, code }: SdkError, action: string): string | undefined {
  if (/\b(expired|sso login)\b/i.test(message) || EXPIRED.has(name))
    return 'The session has expired: sign in again (aws sso login), or get new keys';
  if (name === 'CredentialsProviderError')
    return 'There are no credentials: set --profile or AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in (aws sso login)';
  if (message === NO_REGION) return 'Set --region, AWS_REGION, or a region in the profile';
  if (message === NO_URL)
    return 'An endpoint must be a URL like http://127.0.0.1:4566: check AWS_ENDPOINT_URL';
  if (isDenied({ name })) return `The identity in use needs ${deniedAction(message) ?? action}`;
  if (UNKNOWN_IDENTITY.has(name))
    return 'AWS does not know these credentials: check that they are complete and of the right account, and that the account has enabled the region';
  if (UNREACHABLE.has(code) || UNREACHABLE.has(name))
    return `The endpoint cannot be reached for ${action}: check the network, the region's name, --endpoint-url and AWS_ENDPOINT_URL`;
  return undefined;
}

/** `... is not authorized to perform: states:StartExecution on resource: ...` */
function deniedAction(message: string): string | undefined {
  return /perform: ([a-z0-9-]+:[A-Za-z]+)/.exec(message)?.[1];
}

function readSdkError(error: unknown): SdkError {
  const { code, errors, $metadata } = Object(error) as {
    code?: unknown;
    errors?: readonly unknown[];
    $metadata?: { httpStatusCode?: number };
  };
  const { name, message } = describeError(error);
  // A host with several addresses gives an AggregateError: an error for each address, and an empty message.
  const [first] = errors ?? [];
  const status = $metadata?.httpStatusCode ?? 0;
  return {
    name,
    message: (message || (first === undefined ? name : describeError(first).message)).replace(/\.$/, ''),
    code: String(code ?? (status >= 500 ? status : '')),
  };
}
