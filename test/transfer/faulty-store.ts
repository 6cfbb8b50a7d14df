/** A store that records its calls and fails at the n-th call. */
import { Readable } from 'node:stream';
import type { Location } from '../../src/transfer/location';
import { formatLocation } from '../../src/transfer/location';
import type { Store, StoredFile, Stores } from '../../src/transfer/store';

export class Fault extends Error {
  override readonly name = 'Fault';
}

export interface Faults {
  /** All calls in order, as `verb location`. */
  readonly calls: string[];
  /** Index of the call that fails. Absent means that no call fails. */
  readonly failAt?: number;
}

export function faultyStores(stores: Stores, faults: Faults): Stores {
  return { open: (location) => new FaultyStore(stores.open(location), faults) };
}

class FaultyStore implements Store {
  constructor(
    private readonly inner: Store,
    private readonly faults: Faults,
  ) {}

  async stat(location: Location) {
    this.#note('stat', location);
    return this.inner.stat(location);
  }

  async exists(location: Location) {
    this.#note('exists', location);
    return this.inner.exists(location);
  }

  async *list(location: Location, signal: AbortSignal) {
    this.#note('list', location);
    yield* this.inner.list(location, signal);
    this.#note('list-end', location);
  }

  read(location: Location, expected: StoredFile, signal: AbortSignal): Readable {
    const inner = this.inner.read(location, expected, signal);
    const note = (verb: string) => this.#note(verb, location);
    return Readable.from(
      (async function* () {
        note('read');
        yield* inner;
        note('read-end');
      })(),
    );
  }

  async write(location: Location, content: Readable, size: number, signal: AbortSignal) {
    this.#note('write', location);
    await this.inner.write(location, content, size, signal);
    this.#note('written', location);
  }

  async remove(location: Location) {
    this.#note('remove', location);
    await this.inner.remove(location);
    this.#note('removed', location);
  }

  async removeEmptyFolders(location: Location) {
    this.#note('remove-empty', location);
    await this.inner.removeEmptyFolders?.(location);
  }

  #note(verb: string, location: Location): void {
    const call = `${verb} ${formatLocation(location)}`;
    const index = this.faults.calls.push(call) - 1;
    if (index === this.faults.failAt) throw new Fault(call);
  }
}
