/** Resolves the endpoint of a bucket and the signature of its requests, with the SDK itself. */
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { withoutEmpty } from '../../wire/json';

export interface PlainRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

export interface BucketAddress {
  readonly isEncrypted: boolean;
  /** Returns an unsigned request for a key. */
  request(
    method: string,
    key: string,
    query: Record<string, string>,
    headers: Record<string, string>,
  ): PlainRequest;
  sign(request: PlainRequest): Promise<PlainRequest>;
}

interface Resolved {
  readonly request: PlainRequest;
  readonly scheme: {
    readonly httpAuthOption: { readonly signingProperties?: Readonly<Record<string, unknown>> };
  };
}

const KEY = 'k';

/**
 * Lets the SDK prepare one request, and keeps its parts that do not depend on the key: endpoint, path style, and the
 * region and service of the signature. So profiles, AWS_ENDPOINT_URL, dual stack, FIPS and acceleration work as for
 * any command.
 */
export async function resolveBucket(client: S3Client, bucket: string): Promise<BucketAddress> {
  const { request, scheme } = await prepareOne(client, bucket);
  const { region, name } = (scheme.httpAuthOption.signingProperties ?? {}) as {
    region?: string;
    name?: string;
  };
  const signer = await client.config.signer(scheme.httpAuthOption as never);
  const { protocol, hostname, port } = request;
  const { host = hostname, 'user-agent': agent = '' } = request.headers;
  const above = request.path.slice(0, -KEY.length);
  return {
    isEncrypted: protocol === 'https:',
    request: (method, key, query, headers) => ({
      method,
      protocol,
      hostname,
      ...withoutEmpty({ port }),
      path: above + escapeKey(key),
      query,
      headers: { host, 'user-agent': agent, ...headers },
    }),
    sign: (unsigned) =>
      signer.sign(unsigned as never, {
        signingDate: new Date(Date.now() + client.config.systemClockOffset),
        ...withoutEmpty({ signingRegion: region, signingService: name }),
      }) as Promise<PlainRequest>,
  };
}

async function prepareOne(client: S3Client, bucket: string): Promise<Resolved> {
  let resolved: Resolved | undefined;
  const command = new GetObjectCommand({ Bucket: bucket, Key: KEY });
  const capture = (_next: unknown, context: unknown) => async (args: { request: unknown }) => {
    const { selectedHttpAuthScheme: scheme } = (
      context as { __smithy_context: { selectedHttpAuthScheme: Resolved['scheme'] } }
    ).__smithy_context;
    resolved = { request: args.request as PlainRequest, scheme };
    return { response: {}, output: { $metadata: {} } };
  };
  // The last middleware before the request is sent. It sends nothing.
  command.middlewareStack.add(capture as never, {
    step: 'finalizeRequest',
    priority: 'low',
    name: 'capture',
  });
  await client.send(command);
  if (resolved === undefined) throw new Error('The S3 client has sent a request instead of preparing it');
  return resolved;
}

/** Escapes a key as the SDK does: all characters except unreserved ones and slashes. */
function escapeKey(key: string): string {
  const escaped = encodeURIComponent(key).replaceAll('%2F', '/');
  return escaped.replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
}
