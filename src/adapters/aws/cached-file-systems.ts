/** What the EFS API listed, kept for a moment: a warm function answers without asking again. */
import type { AccessPoint, FileSystem, FileSystemDirectory } from '../../efs/model';

/**
 * Milliseconds that a listing is taken to be true.
 *
 * Something new is found at once: a refusal is only given on a new listing. Something deleted may be served
 * for this long. That can never be another resource, as AWS gives no id twice; and it is no new kind of
 * failure, since hours lie between this answer and the end of a job, and a job on a file system that is gone
 * does not start. Whoever renames or tags a file system waits this long before old answers end.
 */
export const LISTING_MS = 30_000;

interface Kept<T> {
  readonly at: number;
  readonly listing: Promise<T>;
}

/** One for each client, hence for one account and region; the tag `env_base` is compared on every answer. */
export class CachedFileSystems implements FileSystemDirectory {
  readonly #kept = new Map<string, Kept<readonly FileSystem[] | readonly AccessPoint[]>>();
  #hasServedKept = false;

  constructor(
    private readonly directory: FileSystemDirectory,
    /** Milliseconds; need not be the time of day. */
    private readonly now: () => number,
  ) {}

  fileSystems(): Promise<readonly FileSystem[]> {
    return this.#keep('file systems', () => this.directory.fileSystems());
  }

  accessPoints(fileSystemId?: string): Promise<readonly AccessPoint[]> {
    return this.#keep(`access points of ${fileSystemId ?? 'all'}`, () =>
      this.directory.accessPoints(fileSystemId),
    );
  }

  refreshed(): FileSystemDirectory | undefined {
    if (!this.#hasServedKept) return undefined;
    this.#kept.clear();
    this.#hasServedKept = false;
    return this;
  }

  #keep<T extends readonly FileSystem[] | readonly AccessPoint[]>(
    key: string,
    list: () => Promise<T>,
  ): Promise<T> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.now() - kept.at < LISTING_MS) {
      this.#hasServedKept = true;
      return kept.listing as Promise<T>;
    }
    const listing = list();
    this.#kept.set(key, { at: this.now(), listing });
    listing.catch(() => this.#kept.delete(key));
    return listing;
  }
}
