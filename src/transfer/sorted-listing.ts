/** Compares a listing with sorted keys, page by page. */
import { compareKeys } from './keys';
import type { StoredFile } from './store';

/** Finds keys in a listing. Memory holds one page of it. */
export class SortedListing {
  readonly #pages: AsyncIterator<readonly StoredFile[]>;
  #page: readonly StoredFile[] = [];
  #at = 0;

  constructor(pages: AsyncIterable<readonly StoredFile[]>) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  /**
   * Returns the file with the key; undefined for a key that the listing does not have.
   *
   * @param key not before the key of an earlier call, in the order of {@link compareKeys}
   */
  async find(key: string): Promise<StoredFile | undefined> {
    for (;;) {
      for (let file = this.#page[this.#at]; file !== undefined; file = this.#page[++this.#at]) {
        const order = compareKeys(file.key, key);
        if (order >= 0) return order === 0 ? file : undefined;
      }
      const { done, value } = await this.#pages.next();
      if (done) return undefined;
      this.#page = value;
      this.#at = 0;
    }
  }

  /** Ends the listing before its last page. */
  async close(): Promise<void> {
    await this.#pages.return?.();
  }
}
