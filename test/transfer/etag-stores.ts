/** Folders in the place of buckets with ETags, and file systems that count the bytes that are read. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Location } from '../../src/transfer/location';
import { S3 } from '../../src/transfer/schemes/s3';
import type { OnPlaced, Store, StoredFile, Stores } from '../../src/transfer/store';
import { folderStores } from './folders';

export interface Reads {
  bytes: number;
  /** The ETag of a bucket's file; by default its MD5. */
  etagOf?: (content: Buffer) => string;
}

/** Opens the same locations as `folderStores`: `s3://bucket/key` is `<root>/s3/bucket/key`, a path is itself. */
export function etagStores(root: string, reads: Reads): Stores {
  const stores = folderStores(root);
  return {
    open: (location) => {
      const store = stores.open(location);
      return location.scheme === S3
        ? new EtagStore(store, join(root, 's3'), reads)
        : new Counted(store, reads);
    },
  };
}

export function md5(content: string | Buffer): string {
  return createHash('md5').update(content).digest('hex');
}

class Wrapped implements Store {
  constructor(protected readonly inner: Store) {}
  stat(location: Location): Promise<StoredFile | undefined> {
    return this.inner.stat(location);
  }
  exists(location: Location) {
    return this.inner.exists(location);
  }
  list(location: Location, signal: AbortSignal): AsyncIterable<StoredFile> {
    return this.inner.list(location, signal);
  }
  read(...args: Parameters<Store['read']>) {
    return this.inner.read(...args);
  }
  write(...args: Parameters<Store['write']>) {
    return this.inner.write(...args);
  }
  remove(location: Location) {
    return this.inner.remove(location);
  }
  async removeLink(location: Location) {
    await this.inner.removeLink?.(location);
  }
}

class EtagStore extends Wrapped {
  constructor(
    inner: Store,
    private readonly folder: string,
    private readonly reads: Reads,
  ) {
    super(inner);
  }

  override async stat(location: Location) {
    const file = await this.inner.stat(location);
    return file && this.#withEtag(location, file);
  }

  override async *list(location: Location, signal: AbortSignal) {
    for await (const file of this.inner.list(location, signal)) yield this.#withEtag(location, file);
  }

  override read(location: Location, expected: StoredFile, signal: AbortSignal) {
    return this.inner.read(location, { key: expected.key, size: expected.size }, signal);
  }

  #withEtag(location: Location, file: StoredFile): StoredFile {
    const { authority: bucket, path: key } = location;
    const content = readFileSync(join(this.folder, bucket, key, file.key));
    return { ...file, version: `"${(this.reads.etagOf ?? md5)(content)}"` };
  }
}

class Counted extends Wrapped {
  constructor(
    inner: Store,
    private readonly reads: Reads,
  ) {
    super(inner);
  }

  override read(location: Location, expected: StoredFile, signal: AbortSignal) {
    this.reads.bytes += expected.size;
    return this.inner.read(location, expected, signal);
  }

  watchedBy(onPlaced: OnPlaced): Store {
    return new Counted(this.inner.watchedBy?.(onPlaced) ?? this.inner, this.reads);
  }
}
