/** Packs sizes into few batches by first-fit-decreasing. */
import type { Bytes } from '../../units';

/**
 * Packs the largest item first, each item into the first batch with room for it (first-fit-decreasing).
 *
 * An item above the limit gets a batch of its own.
 *
 * @param limit bytes of a batch
 */
export function pack<T extends { readonly size: Bytes }>(items: readonly T[], limit: number): T[][] {
  const rooms = new Rooms(items.length, limit);
  const batches: T[][] = [];
  for (const item of items.toSorted((one, other) => other.size - one.size)) {
    // Items above the limit come first, so the next batch is still empty.
    const isTooLarge = item.size > limit;
    const place = isTooLarge ? batches.length : rooms.findFirst(item.size);
    rooms.set(place, isTooLarge ? Number.NEGATIVE_INFINITY : rooms.at(place) - item.size);
    const batch = batches[place];
    if (batch === undefined) batches.push([item]);
    else batch.push(item);
  }
  return batches;
}

/**
 * The free room of each batch as a tree of maxima, empty batches included. A search through the batches one by one
 * would compare a million files of half the limit pairwise.
 */
class Rooms {
  readonly #leaves: number;
  /** Node `n` holds the larger of nodes `2n` and `2n + 1`. The batches are the second half. */
  readonly #tree: Float64Array;

  constructor(count: number, limit: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(count, 1)));
    this.#tree = new Float64Array(2 * this.#leaves).fill(limit);
  }

  at(place: number): number {
    return this.#tree[this.#leaves + place] ?? 0;
  }

  /** Returns the first batch with enough room. It exists, because there is a batch for each item. */
  findFirst(size: Bytes): number {
    let node = 1;
    while (node < this.#leaves) {
      node *= 2;
      if ((this.#tree[node] ?? 0) < size) node++;
    }
    return node - this.#leaves;
  }

  set(place: number, room: number): void {
    let node = this.#leaves + place;
    this.#tree[node] = room;
    for (node >>= 1; node >= 1; node >>= 1) {
      const larger = Math.max(this.#tree[2 * node] ?? 0, this.#tree[2 * node + 1] ?? 0);
      if (this.#tree[node] === larger) return;
      this.#tree[node] = larger;
    }
  }
}
