/** Keeps listings of the EFS API for a moment, so a warm function answers without a call. */
import type { MonotonicClock } from '../../clock';
import type { AccessPoint, FileSystem, FileSystemDirectory } from '../../efs/model';

/**
 * Milliseconds for which a listing is valid.
 *
 * A new resource is found at once: a refusal needs a new listing. A deleted resource may be returned for this time.
 * AWS gives no id twice, so the id never means another resource. The failure is not new: hours lie between this
 * answer and the end of a job, and a job on a missing file system does not start. A renamed or tagged file system may
 * have its old name or tags for this time.
 */
export const LISTING_MS = 30_000;

interface Kept<T> {
  readonly at: number;
  readonly listing: Promise<T>;
}

/** Cache of one client, and so of one account and region. The caller compares the tag `env_base` on every answer. */
export class CachedFileSystems implements FileSystemDirectory {
  readonly #kept = new Map<string, Kept<readonly FileSystem[] | readonly AccessPoint[]>>();
  #hasServedKept = false;

  constructor(
    private readonly directory: FileSystemDirectory,
    private readonly clock: Pick<MonotonicClock, 'elapsedMs'>,
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
    if (kept !== undefined && this.clock.elapsedMs() - kept.at < LISTING_MS) {
      this.#hasServedKept = true;
      return kept.listing as Promise<T>;
    }
    const listing = list();
    this.#kept.set(key, { at: this.clock.elapsedMs(), listing });
    listing.catch(() => this.#kept.delete(key));
    return listing;
  }
}
