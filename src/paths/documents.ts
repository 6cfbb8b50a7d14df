/** Reads and writes whole JSON documents. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { FUNCTION_PAYLOAD_BYTES } from '../aws-limits';
import { DataSourceMissing, DemandValidationError, UnusableDocument } from '../errors';
import { pythonJson } from '../python/json';
import { type Location, textOf } from '../transfer/location';
import { s3Location } from '../transfer/schemes/s3';
import type { Stores } from '../transfer/store';
import type { PutJsonToFileRequest } from './request';

/** Bytes of a document: less than {@link FUNCTION_PAYLOAD_BYTES}, because the answer has other fields. A state accepts even fewer bytes. */
const MAX_BYTES = 6_000_000;

export interface DocumentWorld {
  readonly stores: Stores;
  readonly signal: AbortSignal;
}

interface ScratchSettings {
  /** The bucket of documents without a path. Default: such documents are refused. */
  readonly scratchBucket?: string | undefined;
}

export interface ScratchWorld extends DocumentWorld {
  /** The id of the call. Each call has another id. */
  readonly requestId: string;
  readonly settings: ScratchSettings;
}

/**
 * Reads a JSON document.
 *
 * @returns the value of the document
 * @throws DataSourceMissing when the document does not exist
 * @throws UnusableDocument when the document is not JSON, is larger than 6,000,000 bytes, or has an integer beyond 2^53
 */
export async function readDocument(location: Location, { stores, signal }: DocumentWorld): Promise<unknown> {
  const path = textOf(location);
  const store = stores.open(location);
  const file = await store.stat(location);
  if (file === undefined) throw new DataSourceMissing(`The document ${path} does not exist. Check the path`);
  if (file.unsafe !== undefined) throw new UnusableDocument(`${path} ${file.unsafe}. Give another path`);
  if (file.size > MAX_BYTES)
    throw new UnusableDocument(
      `${path} has ${file.size} bytes, and an answer has at most ${MAX_BYTES}. Read the document directly from its storage`,
    );
  return parseDocument(await text(store.read(location, file, signal)), path);
}

/**
 * Writes a JSON document completely or not at all. A document without a path goes to `scratch/` of the scratch bucket.
 *
 * @returns the location of the document
 * @throws DemandValidationError for a document without a path when the function has no scratch bucket
 */
export async function writeDocument(
  { content, path }: PutJsonToFileRequest,
  world: ScratchWorld,
): Promise<string> {
  const location = path ?? scratchObject(content, world);
  const bytes = Buffer.from(pythonJson(content));
  await world.stores.open(location).write(location, Readable.from([bytes]), bytes.length, world.signal);
  return textOf(location);
}

function scratchObject(content: unknown, { settings: { scratchBucket }, requestId }: ScratchWorld): Location {
  if (scratchBucket === undefined)
    throw new DemandValidationError([
      {
        pointer: '/path',
        message: 'path is missing, and this function has no bucket for documents without a path',
        remedy: 'Add "path", or set DEFAULT_BUCKET_NAME',
      },
    ]);
  const hashed = typeof content === 'string' ? content : pythonJson(content);
  const hash = createHash('sha256').update(hashed).digest('hex');
  return s3Location(scratchBucket, `scratch/${requestId}/${hash}`);
}

function parseDocument(document: string, path: string): unknown {
  let unsafe: string | undefined;
  const check = (_key: string, value: unknown, context?: { readonly source?: string }) => {
    const isLossy = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
    if (isLossy && /^-?\d+$/.test(context?.source ?? '')) unsafe = context?.source;
    return value;
  };
  const content = parseOrRefuse(document, path, check);
  if (unsafe === undefined) return content;
  throw new UnusableDocument(
    `${path} contains the integer ${unsafe}, and an integer beyond 2^53 would lose digits. Write it as a string`,
  );
}

function parseOrRefuse(
  document: string,
  path: string,
  check: (key: string, value: unknown) => unknown,
): unknown {
  try {
    return JSON.parse(document, check);
  } catch (error) {
    throw new UnusableDocument(
      `${path} is no JSON document: ${(error as Error).message}. Correct the document`,
      {
        cause: error,
      },
    );
  }
}
