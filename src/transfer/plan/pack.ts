/** Sizes into as few batches as first-fit-decreasing finds. */
import type { Bytes } from '../../units';

/**
 * First-fit-decreasing: the largest first, each into the first batch with room for it.
 *
 * Something above the limit gets a batch of its own.
 *
 * @param limit bytes a batch
 */
export function pack<T extends { readonly size: Bytes }>(items: readonly T[], limit: number): T[][] {
  const rooms = new Rooms(items.length, limit);
  const batches: T[][] = [];
  for (const item of items.toSorted((one, other) => other.size - one.size)) {
    // What is too large comes first, so the next batch in line is still a new one.
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
 * The room left in each batch, those not begun included, as a tree of maxima: looking through the batches
 * one by one would compare a million files of half a limit pairwise.
 */
class Rooms {
  readonly #leaves: number;
  /** Node `n` holds the larger of nodes `2n` and `2n + 1`; the batches are the last half. */
  readonly #tree: Float64Array;

  constructor(count: number, limit: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(count, 1)));
    this.#tree = new Float64Array(2 * this.#leaves).fill(limit);
  }

  at(place: number): number {
    return this.#tree[this.#leaves + place] ?? 0;
  }

  /** The first batch with that much room; there is one, as there are as many batches as items. */
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
