/** Refusals of requests, with the error codes and the formats of AWS's protocols. */
import type { IncomingHttpHeaders } from 'node:http';

export type RefusalReason = keyof typeof CODES;

/** Status, and the codes of the JSON protocols, the Query protocol and S3. */
const CODES = {
  stranger: [403, 'AccessDeniedException', 'AccessDenied', 'AccessDenied'],
  unsigned: [403, 'MissingAuthenticationTokenException', 'MissingAuthenticationToken', 'AccessDenied'],
  malformed: [400, 'IncompleteSignatureException', 'IncompleteSignature', 'AuthorizationHeaderMalformed'],
  unknownKey: [403, 'UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidAccessKeyId'],
  wrongSignature: [403, 'InvalidSignatureException', 'SignatureDoesNotMatch', 'SignatureDoesNotMatch'],
  copied: [403, 'AccessDeniedException', 'AccessDenied', 'AccessDenied'],
  wrongTime: [403, 'InvalidSignatureException', 'SignatureDoesNotMatch', 'RequestTimeTooSkewed'],
  otherBody: [403, 'InvalidSignatureException', 'SignatureDoesNotMatch', 'XAmzContentSHA256Mismatch'],
  tooLarge: [413, 'RequestTooLargeException', 'RequestEntityTooLarge', 'EntityTooLarge'],
} as const;

export class AccessRefused extends Error {
  override readonly name = 'AccessRefused';

  constructor(
    readonly reason: RefusalReason,
    message: string,
  ) {
    super(message);
  }
}

export interface RefusalAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers in the protocol of the request. Its content type names the Query protocol, and its signature S3. */
export function refusalAnswer(
  { reason, message }: AccessRefused,
  headers: IncomingHttpHeaders,
): RefusalAnswer {
  const [status, json, query, s3] = CODES[reason];
  if (/^AWS4-\S+ Credential=[^,]*\/s3\/aws4_request\b/.test(headers.authorization ?? ''))
    return xml(status, `<Error><Code>${s3}</Code><Message>${message}</Message></Error>`);
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true)
    return xml(
      status,
      `<ErrorResponse><Error><Type>Sender</Type><Code>${query}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': json },
    body: JSON.stringify({ __type: json, message }),
  };
}

function xml(status: number, document: string): RefusalAnswer {
  return { status, headers: { 'content-type': 'application/xml' }, body: document };
}
