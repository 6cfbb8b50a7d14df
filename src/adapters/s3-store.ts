/** Objects in S3. */
import { addAbortSignal, Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { TransferMismatch, UnsafePath } from '../errors';
import { asFolder, formatLocation, isFolderLike, type Location } from '../transfer/location';
import { isLeftover, type Store, type StoredFile } from '../transfer/store';
import { ByteBudget } from './byte-budget';
import { upload } from './s3-upload';

/** "Create a copy of your object up to 5 GB in size in a single atomic action" (S3 API, CopyObject). */
const COPY_BYTES = 5 * 1024 ** 3;
/** Buffers of all uploads together. */
const UPLOAD_MEMORY_BYTES = 256 * 1024 ** 2;
/** Of one object; a body may break off at any time, and the SDK does not resume it. */
const READ_ATTEMPTS = 4;
const CHANGED = new Set(['PreconditionFailed', 'NoSuchKey', 'NotFound', 'InvalidRange']);

type S3Location = Extract<Location, { kind: 's3' }>;

/** A {@link Store} over the buckets that a client reaches. */
export class S3Store implements Store {
  readonly #memory = new ByteBudget(UPLOAD_MEMORY_BYTES);

  constructor(private readonly client: S3Client) {}

  async stat(location: Location): Promise<StoredFile | undefined> {
    if (isFolderLike(location)) return undefined;
    const { bucket, key } = takeS3(location);
    try {
      const head = await this.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return toFile('', head.ContentLength, head.ETag);
    } catch (error) {
      if (isNamed(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  async exists(location: Location): Promise<boolean> {
    const { bucket, key } = takeS3(asFolder(location));
    const page = await this.client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }),
    );
    return (page.KeyCount ?? 0) > 0 || (await this.stat(location)) !== undefined;
  }

  async *list(location: Location, signal: AbortSignal): AsyncGenerator<StoredFile> {
    const file = await this.#listExactly(location, signal);
    if (file !== undefined) yield file;
    else yield* this.#listBelow(takeS3(asFolder(location)), signal);
  }

  read(location: Location, expected: StoredFile, signal: AbortSignal): Readable {
    return Readable.from(this.#readChunks(takeS3(location), expected, signal), { objectMode: false });
  }

  async write(location: Location, content: Readable, size: number, signal: AbortSignal): Promise<void> {
    const { bucket, key } = takeS3(location);
    if (isFolderLike(location))
      throw new UnsafePath(`${formatLocation(location)} names a folder, not a file`);
    const target = {
      client: this.client,
      memory: this.#memory,
      object: { Bucket: bucket, Key: key },
      signal,
    };
    await upload(content, size, target);
  }

  async remove(location: Location): Promise<void> {
    const { bucket, key } = takeS3(location);
    await this.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  /** Within S3 the bytes stay there. */
  async copyFrom(
    source: Store,
    from: Location,
    expected: StoredFile,
    to: Location,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (!(source instanceof S3Store) || source.client !== this.client || expected.size > COPY_BYTES)
      return false;
    const [origin, target] = [takeS3(from), takeS3(to)];
    const command = new CopyObjectCommand({
      Bucket: target.bucket,
      Key: target.key,
      CopySource: `${origin.bucket}/${encodeURIComponent(origin.key)}`,
      CopySourceIfMatch: expected.version,
    });
    await this.client.send(command, { abortSignal: signal }).catch((error) => {
      throw toReadError(error, origin);
    });
    return true;
  }

  /** The exact key is the first of those that begin with it, so one short page tells. */
  async #listExactly(location: Location, signal: AbortSignal): Promise<StoredFile | undefined> {
    if (isFolderLike(location)) return undefined;
    const { bucket, key } = takeS3(location);
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 });
    const page = await this.client.send(command, { abortSignal: signal });
    const first = page.Contents?.[0];
    return first?.Key === key ? toFile('', first.Size, first.ETag) : undefined;
  }

  async *#listBelow({ bucket, key: prefix }: S3Location, signal: AbortSignal): AsyncGenerator<StoredFile> {
    const input: ListObjectsV2CommandInput = { Bucket: bucket, Prefix: prefix };
    const pages = paginateListObjectsV2({ client: this.client }, input, { abortSignal: signal });
    for await (const page of pages) {
      for (const { Key = '', Size = 0, ETag } of page.Contents ?? [])
        if (!isFolderMarker(Key, Size) && !isLeftover(Key))
          yield toFile(Key.slice(prefix.length), Size, ETag);
    }
  }

  async *#readChunks(
    location: S3Location,
    expected: StoredFile,
    signal: AbortSignal,
  ): AsyncGenerator<Buffer> {
    let offset = 0;
    for (let attempt = 1; offset < expected.size; attempt++) {
      const body = await this.#open(location, expected, offset, signal);
      try {
        for await (const chunk of body as AsyncIterable<Buffer>) {
          offset += chunk.length;
          yield chunk;
        }
      } catch (error) {
        signal.throwIfAborted();
        if (attempt === READ_ATTEMPTS) throw error;
      }
      if (attempt === READ_ATTEMPTS && offset < expected.size)
        throw new TransferMismatch(
          `${formatLocation(location)} ended after ${offset} of ${expected.size} bytes, ${attempt} times. Run this again`,
        );
    }
  }

  async #open(location: S3Location, { size, version }: StoredFile, offset: number, signal: AbortSignal) {
    const command = new GetObjectCommand({
      Bucket: location.bucket,
      Key: location.key,
      IfMatch: version,
      ...(offset === 0 ? {} : { Range: `bytes=${offset}-${size - 1}` }),
    });
    const { Body, ContentRange } = await this.client.send(command, { abortSignal: signal }).catch((error) => {
      throw toReadError(error, location);
    });
    const isFromOffset = offset === 0 || ContentRange?.startsWith(`bytes ${offset}-`);
    if (!(Body instanceof Readable) || !isFromOffset)
      throw new TransferMismatch(`${formatLocation(location)}: the answer to a range is not that range`);
    // The client stops minding the signal once the headers are there.
    return addAbortSignal(signal, Body);
  }
}

function takeS3(location: Location): S3Location {
  if (location.kind === 's3') return location;
  throw new UnsafePath(`${formatLocation(location)} is not in S3`);
}

function toFile(key: string, size = 0, version?: string): StoredFile {
  return version === undefined ? { key, size } : { key, size, version };
}

/** What consoles make for an empty folder. */
function isFolderMarker(key: string, size: number): boolean {
  return size === 0 && key.endsWith('/');
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

function toReadError(error: unknown, location: S3Location): unknown {
  if (!(error instanceof Error) || !CHANGED.has(error.name)) return error;
  const what = `${formatLocation(location)} has changed or gone since it was listed`;
  return new TransferMismatch(`${what}. Run this again once nothing writes there`, { cause: error });
}
