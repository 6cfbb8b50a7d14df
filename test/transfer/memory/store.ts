/** A store of objects in memory. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { TransferMismatch } from '../../../src/errors';
import { compareKeys, isInRange, type KeyRange } from '../../../src/transfer/keys';
import { asFolder, formatLocation, isFolderLike, type Location } from '../../../src/transfer/location';
import { isLeftover, RESERVED } from '../../../src/transfer/reserved';
import type { Store, StoredFile } from '../../../src/transfer/store';

export class MemoryStore implements Store {
  /** Contents by their URIs. */
  readonly objects = new Map<string, Buffer>();

  async stat(location: Location): Promise<StoredFile | undefined> {
    return isFolderLike(location) ? undefined : this.#describe(formatLocation(location), '');
  }

  async exists(location: Location): Promise<boolean> {
    const folder = formatLocation(asFolder(location));
    const isAnyBelow = [...this.objects.keys()].some((uri) => uri.startsWith(folder));
    return isAnyBelow || (await this.stat(location)) !== undefined;
  }

  async *list(location: Location, signal: AbortSignal, range: KeyRange = {}): AsyncGenerator<StoredFile> {
    signal.throwIfAborted();
    const file = await this.stat(location);
    if (file !== undefined) return yield file;
    const folder = formatLocation(asFolder(location));
    const keys = [...this.objects.keys()].flatMap((uri) =>
      uri.startsWith(folder) ? [uri.slice(folder.length)] : [],
    );
    for (const key of keys.sort(compareKeys)) {
      const found = this.#describe(folder + key, key);
      if (found === undefined || !isInRange(key, range)) continue;
      yield isLeftover(key) ? { key, size: 0, unsafe: RESERVED, isReserved: true } : found;
    }
  }

  read(location: Location, expected: StoredFile, signal: AbortSignal): Readable {
    const uri = formatLocation(location);
    const chunks = async function* (this: MemoryStore) {
      signal.throwIfAborted();
      const content = this.objects.get(uri);
      if (content === undefined || tagOf(content) !== expected.version)
        throw new TransferMismatch(`${uri} does not have the listed version`);
      yield content;
    };
    return Readable.from(chunks.call(this), { objectMode: false });
  }

  async write(location: Location, content: Readable, size: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const whole = await buffer(content);
    const uri = formatLocation(location);
    if (whole.length !== size) throw new TransferMismatch(`${uri} got ${whole.length} of ${size} bytes`);
    this.objects.set(uri, whole);
  }

  async remove(location: Location): Promise<void> {
    this.objects.delete(formatLocation(location));
  }

  #describe(uri: string, key: string): StoredFile | undefined {
    const content = this.objects.get(uri);
    return content && { key, size: content.length, version: tagOf(content) };
  }
}

function tagOf(content: Buffer): string {
  return `"${createHash('md5').update(content).digest('hex')}"`;
}
