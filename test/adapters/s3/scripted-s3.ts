/** The real SDK without a network: its answers are scripted, its requests are recorded. */
import { Readable } from 'node:stream';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { S3Store } from '../../../src/adapters/s3/s3-store';

export interface Sent {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readable | string;
}

export function scripted(
  answer: (sent: Sent, index: number) => Reply | Promise<Reply>,
  config: S3ClientConfig = {},
): { store: S3Store; client: S3Client; sent: Sent[] } {
  const sent: Sent[] = [];
  const handle = async (request: Sent) => {
    sent.push(request);
    const { status = 200, headers = {}, body = '' } = await answer(request, sent.length - 1);
    const stream = typeof body === 'string' ? Readable.from([Buffer.from(body)]) : body;
    return { response: { statusCode: status, headers, body: stream } };
  };
  const client = new S3Client({
    region: 'us-west-2',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: { handle } as never,
    ...config,
  });
  return { store: new S3Store(client, { backoffMs: 1 }), client, sent };
}
