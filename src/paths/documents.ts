/** JSON documents at a path, read and written whole. */
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

/** Bytes of a document: less than {@link FUNCTION_PAYLOAD_BYTES}, because the answer holds more. A state holds even less. */
const MAX_BYTES = 6_000_000;

export interface DocumentWorld {
  readonly stores: Stores;
  readonly signal: AbortSignal;
}

export interface ScratchWorld extends DocumentWorld {
  /** For documents without a path. */
  readonly scratchBucket?: string | undefined;
  /** Another one for each call. */
  readonly requestId: string;
}

/**
 * @returns what the document says
 * @throws DataSourceMissing when nothing is there
 * @throws UnusableDocument when it is no JSON, is too large for an answer, or has numbers that would lose digits
 */
export async function readDocument(location: Location, { stores, signal }: DocumentWorld): Promise<unknown> {
  const path = textOf(location);
  const store = stores.open(location);
  const file = await store.stat(location);
  if (file === undefined) throw new DataSourceMissing(`There is no document at ${path}. Check the path`);
  if (file.unsafe !== undefined) throw new UnusableDocument(`${path} ${file.unsafe}. Give another path`);
  if (file.size > MAX_BYTES)
    throw new UnusableDocument(
      `${path} has ${file.size} bytes, and an answer holds at most ${MAX_BYTES}. Read it where it lies`,
    );
  return parseDocument(await text(store.read(location, file, signal)), path);
}

/**
 * Puts a document in place, whole or not at all; without a path, below `scratch/` of the scratch bucket.
 *
 * @returns where it is
 * @throws DemandValidationError when there is neither a path nor a bucket
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

function scratchObject(content: unknown, { scratchBucket, requestId }: ScratchWorld): Location {
  if (scratchBucket === undefined)
    throw new DemandValidationError([
      {
        pointer: '/path',
        message: 'path is missing, and this function has no bucket for documents without one',
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
    `${path} holds the integer ${unsafe}, which is beyond 2^53 and would lose digits. Write it as a string`,
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
    throw new UnusableDocument(`${path} is no JSON document: ${(error as Error).message}. Mend it`, {
      cause: error,
    });
  }
}
