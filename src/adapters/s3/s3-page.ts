/**
 * Reads one page of an S3 listing without the SDK's XML parser.
 *
 * The SDK's parser takes 9 to 12 ms for a page of 1,000 keys: with several concurrent pages, a listing would wait for
 * the parser and not for S3. The SDK still does retries, signatures and errors.
 */
import { Readable } from 'node:stream';
import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Bytes } from '../../units';
import { childrenOf, numberOf, openXml, textOf } from './s3-xml';

export interface ListedObject {
  readonly key: string;
  readonly size: Bytes;
  readonly version?: string;
}

export interface Page {
  readonly objects: readonly ListedObject[];
  /** The folders of a listing with a delimiter, each with its slash. */
  readonly folders: readonly string[];
  /** Token of the next page. Undefined on the last page. */
  readonly token?: string;
}

/** @throws the SDK's error after its last attempt */
export async function requestPage(
  client: S3Client,
  input: ListObjectsV2CommandInput,
  signal: AbortSignal,
): Promise<Page> {
  const command = new ListObjectsV2Command(input);
  let page: Page | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode?: number; body?: unknown };
      page = undefined;
      if (response.statusCode !== 200 || !(response.body instanceof Readable)) return result;
      // A broken body fails here, within an attempt of the SDK, so the SDK tries again.
      const body = await readWhole(response.body);
      page = parsePage(body);
      response.body = Readable.from([page === undefined ? body : Buffer.from('<ListBucketResult/>')]);
      return result;
    },
    // The innermost middleware: it sees the answer before the SDK parses it.
    { step: 'deserialize', priority: 'low', name: 'readPage' },
  );
  const answer = await client.send(command, { abortSignal: signal });
  return page ?? toPage(answer);
}

/** Reads a stream without `stream/consumers`, which makes a Blob and so takes longer than the page itself. */
async function readWhole(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function toPage(answer: ListObjectsV2CommandOutput): Page {
  const { Contents = [], CommonPrefixes = [], NextContinuationToken, IsTruncated } = answer;
  return {
    objects: Contents.map(({ Key = '', Size = 0, ETag }) => toObject(Key, Size, ETag)),
    folders: CommonPrefixes.map(({ Prefix = '' }) => Prefix),
    ...tokenOf(IsTruncated === true, NextContinuationToken),
  };
}

function toObject(key: string, size: Bytes, version: string | undefined): ListedObject {
  return version === undefined ? { key, size } : { key, size, version };
}

/** Returns the token of the next page. @throws Error when a truncated page has no token: it is not the last page */
function tokenOf(isTruncated: boolean, token: string | undefined): { token?: string } {
  if (!isTruncated) return {};
  if (token === undefined) throw new Error('S3 has truncated a listing without a continuation token');
  return { token };
}

/** Returns undefined for XML in another form than S3's. The SDK parses it then. */
export function parsePage(body: Buffer): Page | undefined {
  const xml = openXml(body);
  if (xml === undefined || !xml.text.includes('<ListBucketResult')) return undefined;
  // A truncated body must not count as a shorter listing.
  if (!/<\/ListBucketResult>\s*$/.test(xml.text.slice(-100)))
    throw new Error('The answer with a listing broke off');
  const objects = childrenOf(xml, 'Contents', (element) =>
    toObject(textOf(xml, 'Key', element) ?? '', numberOf(xml, 'Size', element), textOf(xml, 'ETag', element)),
  );
  const folders = childrenOf(xml, 'CommonPrefixes', (element) => textOf(xml, 'Prefix', element) ?? '');
  const whole = { start: 0, end: xml.text.length };
  const isTruncated = textOf(xml, 'IsTruncated', whole) === 'true';
  return { objects, folders, ...tokenOf(isTruncated, textOf(xml, 'NextContinuationToken', whole)) };
}
