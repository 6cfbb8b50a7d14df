/**
 * Lists keys in byte order with several concurrent requests for pages.
 *
 * Cuts divide the keys into ranges, and each range is listed on its own. S3's next folders suggest the cuts. The cuts
 * do not change the listing: every key is in exactly one range.
 */
import { compareKeys, type KeyRange } from '../../transfer/keys';
import { type Cut, chooseCuts, endOf, levelsOf } from './s3-cuts';
import type { ListedObject, Page } from './s3-page';

/** Concurrent requests. They occupy one core; S3 answers at least 5,500 requests a second for a prefix. */
const AT_ONCE = 16;
/** Pages of later ranges in memory: some 50 MB with keys of 100 bytes. */
const BUFFERED_PAGES = 256;
const NOTHING: Page = { objects: [], folders: [] };
/** Pages of a range before the first cut. A shorter listing is faster in sequence. */
const PAGES_BEFORE_CUT = 2;

export type RequestPage = (input: {
  readonly Prefix: string;
  readonly StartAfter?: string;
  readonly ContinuationToken?: string;
  readonly Delimiter?: string;
}) => Promise<Page>;

interface ListedRange {
  /** All keys of the range begin with it. */
  readonly prefix: string;
  /** The keys of the range follow this key. */
  readonly after: string;
  /** The last possible key of the range. Undefined: the range has no end. */
  upTo: string | undefined;
  /** Length of the shortest folder name that is queried for cuts. */
  readonly minLevel: number;
  readonly waiting: (readonly ListedObject[])[];
  last: readonly ListedObject[];
  token: string | undefined;
  isAsking: boolean;
  isWhole: boolean;
  pages: number;
  /** Pages until the next query for cuts. Each query doubles it, so a folder without folders gets few queries. */
  cutAt: number;
}

export class RangedListing {
  /** In order of the keys. The iterator returns the pages of the first range. */
  readonly #ranges: ListedRange[];
  #asking = 0;
  #waiting = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(
    private readonly prefix: string,
    private readonly request: RequestPage,
    /** Keys relative to the prefix. */
    { after, upTo }: KeyRange = {},
  ) {
    const whole = (key: string | undefined) => (key === undefined ? undefined : prefix + key);
    this.#ranges = [newRange({ prefix, after: whole(after) ?? '', upTo: whole(upTo), minLevel: 0 })];
  }

  /** @throws the error of any page, also of a page of a later range */
  async *pages(): AsyncGenerator<readonly ListedObject[]> {
    for (let first = this.#ranges[0]; first !== undefined; first = this.#ranges[0]) {
      this.#ask();
      if (this.#failure !== undefined) throw this.#failure.error;
      const page = first.waiting.shift();
      if (page !== undefined) {
        this.#waiting--;
        yield page;
      } else if (first.isWhole) this.#ranges.shift();
      else await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((wake) => {
      this.#wake = wake;
    });
  }

  /** Starts requests. The first range always gets one, so buffered pages of later ranges never block it. */
  #ask(): void {
    for (const [place, range] of this.#ranges.entries()) {
      const hasRoom = this.#asking < AT_ONCE && this.#waiting + this.#asking < BUFFERED_PAGES;
      if ((place > 0 && !hasRoom) || this.#failure !== undefined) return;
      if (!range.isWhole && !range.isAsking) this.#start(range);
    }
  }

  #start(range: ListedRange): void {
    range.isAsking = true;
    this.#asking++;
    this.#advance(range)
      .catch((error) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        range.isAsking = false;
        this.#asking--;
        this.#ask();
        this.#wake();
      });
  }

  async #advance(range: ListedRange): Promise<void> {
    const isToCut = range.pages >= range.cutAt;
    // Both at once: the query for cuts must not delay a listing without cuts.
    const [page, cuts] = await Promise.all([this.#next(range), isToCut ? this.#findCuts(range) : []]);
    if (isToCut) range.cutAt *= 2;
    this.#absorb(range, page);
    this.#take(range, page);
    if (!range.isWhole) this.#cut(range, cuts);
  }

  #next({ prefix, after, token }: ListedRange): Promise<Page> {
    if (token !== undefined) return this.request({ Prefix: prefix, ContinuationToken: token });
    const isWithin = compareKeys(after, prefix) >= 0 && after !== '';
    return this.request({ Prefix: prefix, ...(isWithin && { StartAfter: after }) });
  }

  async #findCuts({ last, minLevel }: ListedRange) {
    const from = last.at(-1)?.key ?? '';
    const levels = levelsOf(from, this.prefix).filter((level) => level.length >= minLevel);
    const pages = await Promise.all(
      levels.map((Prefix) => this.request({ Prefix, Delimiter: '/', StartAfter: from })),
    );
    return levels.flatMap((level, index) => chooseCuts(level, pages[index] ?? NOTHING, last));
  }

  /** Removes following ranges that are not begun and lie within the page: one page may contain many small folders. */
  #absorb(range: ListedRange, { objects }: Page): void {
    const last = objects.at(-1)?.key;
    if (last === undefined) return;
    const place = this.#ranges.indexOf(range) + 1;
    let end = place;
    for (let next = this.#ranges[end]; next !== undefined; next = this.#ranges[end]) {
      if (range.upTo === undefined || compareKeys(last, range.upTo) <= 0) break;
      if (next.isAsking || next.pages > 0) break;
      range.upTo = next.upTo;
      end++;
    }
    this.#ranges.splice(place, end - place);
  }

  #take(range: ListedRange, { objects, token }: Page): void {
    const { upTo } = range;
    const isBeyond = ({ key }: ListedObject) => upTo !== undefined && compareKeys(key, upTo) > 0;
    const last = objects.at(-1);
    const reachesEnd = last !== undefined && isBeyond(last);
    const inside = reachesEnd ? objects.filter((object) => !isBeyond(object)) : objects;
    range.pages++;
    range.token = token;
    range.isWhole = token === undefined || reachesEnd;
    if (inside.length === 0) return;
    range.last = inside;
    range.waiting.push(inside);
    this.#waiting++;
  }

  #cut(range: ListedRange, cuts: readonly Cut[]): void {
    const last = range.last.at(-1)?.key ?? range.after;
    const { upTo } = range;
    const usable = cuts
      .filter(({ at }) => compareKeys(at, last) > 0 && (upTo === undefined || compareKeys(at, upTo) < 0))
      .sort((one, other) => compareKeys(one.at, other.at));
    const [first] = usable;
    if (first === undefined) return;
    const added = usable.map(({ at, minLevel, folder }, index) => {
      const next = usable[index + 1]?.at;
      const prefix = folder !== undefined && next === endOf(folder) ? folder : range.prefix;
      return newRange({ prefix, after: at, upTo: next ?? upTo, minLevel });
    });
    range.upTo = first.at;
    this.#ranges.splice(this.#ranges.indexOf(range) + 1, 0, ...added);
  }
}

function newRange(bounds: Pick<ListedRange, 'prefix' | 'after' | 'upTo' | 'minLevel'>): ListedRange {
  return {
    ...bounds,
    waiting: [],
    last: [],
    token: undefined,
    isAsking: false,
    isWhole: false,
    pages: 0,
    cutAt: PAGES_BEFORE_CUT,
  };
}
