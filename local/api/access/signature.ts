/**
 * Computes the signature of a received request. The package that signs the requests of AWS's SDK signs it again.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { getCanonicalHeaders, SignatureV4 } from '@smithy/signature-v4';
import type { SignatureClaim } from './claim';
import type { ApiCredentials } from './credentials';

export interface ReceivedRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The signed headers by their names in lower case. */
  readonly signedHeaders: Readonly<Record<string, string>>;
}

type SigningSettings = ConstructorParameters<typeof SignatureV4>[0];
type HashConstructor = SigningSettings['sha256'];
type SourceData = Parameters<InstanceType<HashConstructor>['update']>[0];

/** Signs requests of all services with one key. */
export class Signatures {
  readonly #s3: ReceivedSigner;
  readonly #others: ReceivedSigner;

  constructor(credentials: ApiCredentials) {
    const settings = { credentials, region: 'any', sha256: Sha256 };
    // S3 alone signs a path as it is: the path is a key, in which `//` and `..` have no meaning.
    this.#s3 = new ReceivedSigner({ ...settings, service: 's3', uriEscapePath: false });
    this.#others = new ReceivedSigner({ ...settings, service: 'any' });
  }

  /** @param payloadHash hash of the body, or the name of its form */
  async isRight(request: ReceivedRequest, claim: SignatureClaim, payloadHash: string): Promise<boolean> {
    const signer = claim.service === 's3' ? this.#s3 : this.#others;
    return isSame(await signer.signatureOf(request, claim, payloadHash), claim.signature);
  }
}

/** Compares in a time that does not depend on the number of equal characters. */
export function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}

class ReceivedSigner extends SignatureV4 {
  async signatureOf(
    { method, path, query, signedHeaders }: ReceivedRequest,
    { region, service, signedAt }: SignatureClaim,
    payloadHash: string,
  ): Promise<string> {
    const received = {
      ...{ method, path, headers: signedHeaders, protocol: 'http:', hostname: 'localhost' },
      query: Object.fromEntries([...query.keys()].map((key) => [key, query.getAll(key)])),
    };
    const headers = getCanonicalHeaders(received, new Set(), new Set(Object.keys(signedHeaders)));
    const { longDate, shortDate } = this.formatDate(signedAt);
    const canonical = this.createCanonicalRequest(received, headers, payloadHash);
    const scope = `${shortDate}/${region}/${service}/aws4_request`;
    const toSign = await this.createStringToSign(longDate, scope, canonical, 'AWS4-HMAC-SHA256');
    return this.sign(toSign, { signingDate: signedAt, signingRegion: region, signingService: service });
  }
}

class Sha256 {
  readonly #hash;

  constructor(secret?: SourceData) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: SourceData): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('A hash is used once');
  }
}

function bytesOf(data: SourceData): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
