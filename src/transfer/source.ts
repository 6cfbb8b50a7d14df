/** Lists and filters the files of a transfer's source. */
import { createHash } from 'node:crypto';
import { DataSourceMissing, DemandValidationError, FilterMatchesNothing } from '../errors';
import { type CompiledFilters, compileFilters } from './filters';
import { nameOf, relativeTo, textOf } from './location';
import type { DataSyncRequest } from './request';
import { isMoveMark } from './reserved';
import { pagesOf, type StoredFile, type Stores } from './store';

export interface SourceWorld {
  readonly stores: Stores;
  /** Its abort ends the call with the signal's reason. */
  readonly signal: AbortSignal;
}

export interface SourceLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

export interface SourceMeasure {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Steps of the filters without a pause, tenths of a second. In a pause a signal, a deadline or the renewal of a lease comes
 * through.
 */
const STEPS_WITHOUT_PAUSE = 20_000_000;

const UNLIMITED: SourceLimits = { maxBytes: Number.POSITIVE_INFINITY, maxFiles: Number.POSITIVE_INFINITY };

/**
 * Lists the files of the source that the filters accept, in byte order of their keys.
 *
 * A page has at least one file. For millions of files, one promise for each file would cost more than all other work
 * with the listing.
 *
 * @throws DataSourceMissing when the source does not exist, unless `fail_if_missing` is false
 * @throws FilterMatchesNothing when the source has files and the filters accept none, unless `fail_if_missing` is false
 * @throws DemandValidationError when `filter_root` does not hold the source
 */
export async function* listSourcePages(
  request: DataSyncRequest,
  world: SourceWorld,
): AsyncGenerator<readonly StoredFile[]> {
  const { sourcePath: source } = request;
  const store = world.stores.open(source);
  const filters = compileFilters(request.filterConfig);
  const toFilterPath = filterPathsOf(request);
  const filter = new PausingFilter(filters, toFilterPath);
  let listed = 0;
  let hasAccepted = false;
  const isOwn = ({ key, isReserved }: StoredFile) =>
    isReserved === true && isMoveMark(key, request.destinationPath);
  for await (const given of pagesOf(store, source, world.signal, request.keyRange)) {
    const page = given.some(isOwn) ? given.filter((file) => !isOwn(file)) : given;
    listed += page.length;
    const accepted = filters.isEmpty ? page : await filter.accepted(page, world.signal);
    if (accepted.length === 0) continue;
    hasAccepted = true;
    yield accepted;
  }
  if (hasAccepted || !request.failIfMissing || (await isMoved(request, world))) return;
  if (listed > 0) throw new FilterMatchesNothing(explainNoMatch(request, listed));
  if (!(await store.exists(source))) throw new DataSourceMissing(explainMissing(request));
}

/** Filters pages, and pauses when patterns need many steps. */
class PausingFilter {
  #steps = 0;

  constructor(
    private readonly filters: CompiledFilters,
    private readonly toFilterPath: (key: string) => string,
  ) {}

  async accepted(page: readonly StoredFile[], signal: AbortSignal): Promise<StoredFile[]> {
    const accepted: StoredFile[] = [];
    for (const file of page) {
      const path = this.toFilterPath(file.key);
      this.#steps += this.filters.stepsFor(path.length);
      if (this.#steps > STEPS_WITHOUT_PAUSE) {
        this.#steps = 0;
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
      }
      if (this.filters.accepts(path)) accepted.push(file);
    }
    return accepted;
  }
}

async function isMoved({ mayBeMoved = false, destinationPath }: DataSyncRequest, { stores }: SourceWorld) {
  return mayBeMoved && (await stores.open(destinationPath).exists(destinationPath));
}

/** Returns all pages of {@link listSourcePages} in one list. */
export async function listSource(request: DataSyncRequest, world: SourceWorld): Promise<StoredFile[]> {
  return (await listSourceWithin(request, UNLIMITED, world)) ?? [];
}

/**
 * Lists the source, and stops when it has more files or bytes than the limits allow.
 *
 * @returns all pages of {@link listSourcePages} in one list; undefined for a source above a limit
 */
export async function listSourceWithin(
  request: DataSyncRequest,
  limits: SourceLimits,
  world: SourceWorld,
): Promise<StoredFile[] | undefined> {
  const files: StoredFile[] = [];
  let bytes = 0;
  for await (const page of listSourcePages(request, world)) {
    for (const file of page) {
      files.push(file);
      bytes += file.size;
      if (files.length > limits.maxFiles || bytes > limits.maxBytes) return undefined;
    }
  }
  return files;
}

/** Counts files and bytes of the source, and keeps no list of them. @throws the errors of {@link listSourcePages} */
export async function measureSource(request: DataSyncRequest, world: SourceWorld): Promise<SourceMeasure> {
  let files = 0;
  let bytes = 0;
  for await (const page of listSourcePages(request, world)) {
    files += page.length;
    for (const file of page) bytes += file.size;
  }
  return { files, bytes };
}

/** Returns a text that is the same for files with the same key, size and version only. */
export function stateOf({ key, size, version }: StoredFile): string {
  return JSON.stringify([key, size, version]);
}

/** Computes a hash of a listing. A changed, a new or a missing file changes the hash. */
export class SourceState {
  readonly #hash = createHash('sha256');

  add(file: StoredFile): void {
    this.#hash.update(stateOf(file));
  }

  end(): string {
    return this.#hash.digest('hex');
  }
}

export function sourceStateOf(files: readonly StoredFile[]): string {
  const state = new SourceState();
  for (const file of files) state.add(file);
  return state.end();
}

/** Returns a function from a key of the listing to the path that the filters match. */
function filterPathsOf({
  sourcePath: source,
  filterRoot: root = source,
}: DataSyncRequest): (key: string) => string {
  const above = relativeTo(root, source);
  if (above === undefined)
    throw new DemandValidationError([
      {
        pointer: '/filter_root',
        message: `"${textOf(root)}" does not hold the source ${textOf(source)}`,
        remedy: 'Give the source or a folder above it',
      },
    ]);
  const prefix = above === '' ? '' : above.replace(/\/?$/, '/');
  // The key of a source that is a file is empty: filters match the name of the file.
  return (key) => (key === '' ? above || nameOf(source) : prefix + key);
}

function explainNoMatch(request: DataSyncRequest, listed: number): string {
  const { sourcePath, filterRoot = sourcePath } = request;
  const { include, exclude } = request.filterConfig ?? {};
  const patterns = JSON.stringify({ include, exclude });
  const mistake = `None of the ${listed} file(s) of ${textOf(sourcePath)} passes the filters ${patterns}`;
  return `${mistake}. Filters are regular expressions. They must match the whole path relative to ${textOf(filterRoot)}`;
}

function explainMissing({ sourcePath, destinationPath }: DataSyncRequest): string {
  const mistake = `There is nothing at ${textOf(sourcePath)}, to be copied to ${textOf(destinationPath)}`;
  return `${mistake}. Check the path. The job of a demand has to write each output. A transfer that may have no source sets fail_if_missing to false in its own request`;
}
