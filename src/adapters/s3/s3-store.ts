/** Stores objects in S3. */
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { UnsafePath } from '../../errors';
import type { KeyRange } from '../../transfer/keys';
import { asFolder, formatLocation, isFolderLike, type Location } from '../../transfer/location';
import { requireS3Object } from '../../transfer/schemes/s3';
import type { Store, StoredFile } from '../../transfer/store';
import type { Bytes } from '../../units';
import { ByteBudget } from '../byte-budget';
import { isPositioned, type PositionedSource, type Range, type RangedSource } from '../ranged';
import { BACKOFF_MS, type Patience } from './attempts';
import { explainRedirect, isNamed } from './failures';
import { Gate } from './gate';
import { readRange } from './ranges';
import { S3Requests } from './requests';
import { S3Assembler } from './s3-assembler';
import { listPrefix } from './s3-listing';
import { PART_BYTES, putWhole, type UploadTarget, uploadFile, uploadStream } from './s3-upload';
import { COPY_PART_BYTES, copyWithin } from './server-copy';

/** Bytes of the buffers of all uploads together. */
const UPLOAD_MEMORY_BYTES = 64 * 1024 ** 2;
/** Concurrent uploads of content, and as many downloads. Node's client has 50 connections to a host. */
const REQUESTS_AT_ONCE = 32;

export interface S3StoreOptions {
  /** Milliseconds: the longest pause after the first failure of a request. Default 200. */
  readonly backoffMs?: number;
  /** Bytes of a part for a copy within S3, which takes S3 some seconds. Default 256 MiB. */
  readonly copyPartBytes?: number;
}

/** A {@link Store} of the buckets that a client reaches. */
export class S3Store implements RangedSource {
  readonly ranges = { bytes: PART_BYTES, atOnce: 8 };
  readonly #memory = new ByteBudget(UPLOAD_MEMORY_BYTES);
  readonly #requests: S3Requests;
  readonly #reads = new Gate(REQUESTS_AT_ONCE);
  readonly #writes = new Gate(REQUESTS_AT_ONCE);
  readonly #backoffMs: number;
  readonly assembler: S3Assembler;

  constructor(
    private readonly client: S3Client,
    { backoffMs = BACKOFF_MS, copyPartBytes = COPY_PART_BYTES }: S3StoreOptions = {},
  ) {
    this.#requests = new S3Requests(client);
    this.#backoffMs = backoffMs;
    this.assembler = new S3Assembler({
      client,
      settings: { copyPartBytes },
      uploadTo: (location, signal) => this.#uploadTo(location, signal),
      isSameS3: (store) => this.#isSameS3(store),
    });
  }

  async stat(location: Location): Promise<StoredFile | undefined> {
    if (isFolderLike(location)) return undefined;
    const { bucket, key } = requireS3Object(location);
    try {
      const head = await this.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return toFile('', head.ContentLength, head.ETag);
    } catch (error) {
      if (isNamed(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  async exists(location: Location): Promise<boolean> {
    const { bucket, key } = requireS3Object(asFolder(location));
    const page = await this.client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }),
    );
    return (page.KeyCount ?? 0) > 0 || (await this.stat(location)) !== undefined;
  }

  async *list(location: Location, signal: AbortSignal, range?: KeyRange): AsyncGenerator<StoredFile> {
    for await (const page of this.listPages(location, signal, range)) for (const file of page) yield file;
  }

  async *listPages(
    location: Location,
    signal: AbortSignal,
    range: KeyRange = {},
  ): AsyncGenerator<readonly StoredFile[]> {
    const file = await this.#listExactly(location, signal);
    const { bucket, key: prefix } = requireS3Object(asFolder(location));
    if (file !== undefined) yield [file];
    else yield* listPrefix(this.client, { bucket, prefix, range }, signal);
  }

  read(location: Location, expected: StoredFile, signal: AbortSignal): Readable {
    // Not through the gate: a reader that waits for a place to write would occupy a place to read.
    const enter = async () => () => undefined;
    const chunks = this.#readRange(location, expected, { from: 0, to: expected.size }, signal, enter);
    return Readable.from(chunks, { objectMode: false });
  }

  readRange(
    location: Location,
    expected: StoredFile,
    range: Range,
    signal: AbortSignal,
  ): AsyncGenerator<Buffer> {
    return this.#readRange(location, expected, range, signal, () => this.#reads.enter());
  }

  #readRange(
    location: Location,
    expected: StoredFile,
    range: Range,
    signal: AbortSignal,
    enter: () => Promise<() => void>,
  ): AsyncGenerator<Buffer> {
    const source = { requests: this.#requests, location: requireS3Object(location), expected };
    return readRange(source, range, this.#patience(this.#reads, signal), enter);
  }

  async write(location: Location, content: Readable, size: Bytes, signal: AbortSignal): Promise<void> {
    await uploadStream(content, size, this.#uploadTo(location, signal));
  }

  async remove(location: Location): Promise<void> {
    const { bucket, key } = requireS3Object(location);
    await this.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  /** Copies within S3 without a download, and uploads a file on disk in parts. Returns false for other stores. */
  async copyFrom(
    source: Store,
    from: Location,
    expected: StoredFile,
    to: Location,
    signal: AbortSignal,
    onBytes: (bytes: number) => void = () => undefined,
  ): Promise<boolean> {
    if (this.#isSameS3(source)) {
      const patience = this.#patience(this.#writes, signal);
      await copyWithin(this.client, requireS3Object(from), expected, requireS3Object(to), patience, onBytes);
      return true;
    }
    if (!isPositioned(source)) return false;
    await this.#upload(source, from, expected, this.#uploadTo(to, signal), onBytes);
    return true;
  }

  #isSameS3(store: Store): boolean {
    return store instanceof S3Store && store.client === this.client;
  }

  async #upload(
    source: PositionedSource,
    from: Location,
    expected: StoredFile,
    target: UploadTarget,
    onBytes: (bytes: number) => void,
  ): Promise<void> {
    target.patience.signal.throwIfAborted();
    if (expected.size <= PART_BYTES) {
      await this.#memory.hold(expected.size, async () => {
        const body = this.#memory.take(expected.size);
        await source.readWhole(from, expected, body);
        await putWhole(body, target);
        // Not after a failure: a failed request may still read from the buffer.
        this.#memory.giveBack(body);
      });
      onBytes(expected.size);
      return;
    }
    const file = await source.openFile(from, expected);
    try {
      await uploadFile(file, expected, target, onBytes);
    } finally {
      await file.close();
    }
  }

  #uploadTo(location: Location, signal: AbortSignal): UploadTarget {
    const { bucket, key } = requireS3Object(location);
    if (isFolderLike(location))
      throw new UnsafePath(`${formatLocation(location)} names a folder, not a file`);
    return {
      client: this.client,
      requests: this.#requests,
      memory: this.#memory,
      object: { Bucket: bucket, Key: key },
      patience: this.#patience(this.#writes, signal),
    };
  }

  #patience(gate: Gate, signal: AbortSignal): Patience {
    return { gate, signal, backoffMs: this.#backoffMs };
  }

  /** Finds the exact key with a page of one: it is the first key with itself as prefix. */
  async #listExactly(location: Location, signal: AbortSignal): Promise<StoredFile | undefined> {
    if (isFolderLike(location)) return undefined;
    const { bucket, key } = requireS3Object(location);
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 });
    const page = await this.client.send(command, { abortSignal: signal }).catch((error) => {
      throw explainRedirect(error);
    });
    const first = page.Contents?.[0];
    return first?.Key === key ? toFile('', first.Size, first.ETag) : undefined;
  }
}

function toFile(key: string, size = 0, version?: string): StoredFile {
  return version === undefined ? { key, size } : { key, size, version };
}
