/** Sizes into as few batches as first-fit-decreasing finds. */

interface Bin<T> {
  readonly items: T[];
  room: number;
}

/**
 * First-fit-decreasing: the largest first, each into the first batch with room for it.
 *
 * Something above the limit gets a batch of its own.
 *
 * @param limit bytes a batch
 */
export function pack<T extends { readonly size: number }>(items: readonly T[], limit: number): T[][] {
  const sorted = items.toSorted((one, other) => other.size - one.size);
  const smallest = sorted.findLast((item) => item.size > 0)?.size ?? 0;
  const bins: Bin<T>[] = [];
  // Full bins leave the search: a million files of the limit's size would else be compared pairwise.
  let open: Bin<T>[] = [];
  for (const item of sorted) {
    const fitting = (item.size === 0 ? bins : open).find(({ room }) => room >= item.size);
    const bin = fitting ?? { items: [], room: limit };
    if (fitting === undefined) {
      bins.push(bin);
      open.push(bin);
    }
    bin.items.push(item);
    bin.room -= item.size;
    if (bin.room < smallest) open = open.filter((candidate) => candidate !== bin);
  }
  return bins.map((bin) => bin.items);
}
