/** Decides which requests the local API answers: those of this machine that are signed with the keys of this start. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Clock } from '../../../src/clock';
import { readClaim, type SignatureClaim } from './claim';
import type { ApiCredentials } from './credentials';
import { type AcceptedKey, Keys } from './keys';
import { checkedBody, hashOf, isUnsignedForm, wholeBody } from './payload';
import { AccessRefused } from './refusal';
import { isSame, type ReceivedRequest } from './signature';
import { refuseStrangers } from './strangers';
import { refuseUnsignedParts } from './unsigned-parts';
import { UsedSignatures } from './used-signatures';

/** Fifteen minutes. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, RequestTimeTooSkewed */
const MOST_SKEW_MS = 900_000;

export interface AdmissionWorld {
  readonly credentials: ApiCredentials;
  /** The port in the Host header of its requests. */
  readonly port: () => number;
  readonly clock: Pick<Clock, 'now'>;
}

export interface Admitted {
  /** The reader gets an AccessRefused for a body that is not the signed one. */
  readonly body: Readable;
  /** The service in the signature, such as `s3`. */
  readonly service: string;
}

export class Admission {
  readonly #keys: Keys;
  readonly #used = new UsedSignatures();

  constructor(private readonly world: AdmissionWorld) {
    this.#keys = new Keys(world.credentials);
  }

  /** @param answer of STS to an admitted request: the keys in it are accepted from now on */
  addSession(answer: string): void {
    this.#keys.addSession(answer);
  }

  /**
   * @param proceed called before the body is read: a client may wait with its body for an answer
   * @throws AccessRefused
   */
  async admit(request: IncomingMessage, proceed: () => void): Promise<Admitted> {
    refuseStrangers(request, this.world.port());
    const { method = '', url = '', headers } = request;
    const [path = '', search = ''] = splitOnce(url, '?');
    const query = new URLSearchParams(search);
    const claim = readClaim(headers, query);
    refuseUnsignedParts(path, query, claim);
    const key = this.#keyOf(claim);
    this.#checkTime(claim);
    const received = { method, path, query, signedHeaders: signedHeadersOf(claim, headers) };
    const { service } = claim;
    if (claim.payload !== undefined) {
      await checkSignature(received, claim, claim.payload, key);
      this.#refuseCopy(method, claim, claim.payload);
      proceed();
      return { service, body: checkedBody(request, claim) };
    }
    proceed();
    const body = await wholeBody(request);
    await checkSignature(received, claim, hashOf(body), key);
    return { service, body: Readable.from(body.length === 0 ? [] : [body]) };
  }

  #keyOf({ accessKeyId, sessionToken = '' }: SignatureClaim): AcceptedKey {
    const key = this.#keys.find(accessKeyId);
    if (key === undefined)
      throw new AccessRefused('unknownKey', `The access key is not that of this start. ${ADVICE}`);
    if (key.sessionToken !== undefined && !isSame(key.sessionToken, sessionToken))
      throw new AccessRefused('unknownKey', `The session token is not that of the access key. ${ADVICE}`);
    return key;
  }

  #checkTime({ signedAt, expiresAt = signedAt.getTime() + MOST_SKEW_MS }: SignatureClaim): void {
    const now = this.world.clock.now();
    if (now > expiresAt || now < signedAt.getTime() - MOST_SKEW_MS)
      throw new AccessRefused(
        'wrongTime',
        'The signature is not valid now: it has expired, or a clock is wrong',
      );
  }

  /** A copy could have another body. The clients sign each try anew; presigned URLs are for many uses. */
  #refuseCopy(method: string, { signature, signedAt, expiresAt }: SignatureClaim, payload: string): void {
    const hasNoBody = method === 'GET' || method === 'HEAD';
    if (hasNoBody || expiresAt !== undefined || !isUnsignedForm(payload)) return;
    if (!this.#used.isFirst(signature, signedAt.getTime() + MOST_SKEW_MS, this.world.clock.now()))
      throw new AccessRefused(
        'copied',
        'A signature of a request whose body is not signed is valid once: sign the request again',
      );
  }
}

async function checkSignature(
  request: ReceivedRequest,
  claim: SignatureClaim,
  payloadHash: string,
  { signatures }: AcceptedKey,
): Promise<void> {
  if (!(await signatures.isRight(request, claim, payloadHash)))
    throw new AccessRefused('wrongSignature', `The signature does not match the request. ${ADVICE}`);
}

const ADVICE = 'Use the keys that the local API has printed: each start has its own';

/** @throws AccessRefused when a header that changes the meaning of the request is not signed */
function signedHeadersOf(
  { signedHeaders }: SignatureClaim,
  headers: IncomingHttpHeaders,
): Record<string, string> {
  const mustBe = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
  const unsigned = mustBe.find((name) => !signedHeaders.includes(name));
  if (unsigned !== undefined)
    throw new AccessRefused('malformed', 'The Host header and each header x-amz-... must be signed');
  return Object.fromEntries(
    signedHeaders.map((name) => {
      const value = headers[name];
      if (value === undefined) throw new AccessRefused('malformed', 'A signed header is not in the request');
      return [name, String(value)];
    }),
  );
}

function splitOnce(text: string, separator: string): string[] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}
