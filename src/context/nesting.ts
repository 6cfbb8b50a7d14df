/**
 * Finds paths inside other paths without a comparison of all pairs: a demand may have thousands of inputs and outputs.
 * The number of found pairs has a limit, as each becomes a problem.
 */

/** Pairs that are found. The author of a demand with more mistakes mends these first. */
export const MOST_PAIRS = 100;

interface Place<T> {
  readonly item: T;
  readonly index: number;
  /** Ends with a slash. */
  readonly path: string;
  readonly isOuter: boolean;
}

/**
 * Returns pairs of an inner item and an outer item whose path is the same, or a folder around it. At most
 * {@link MOST_PAIRS}, in the order of the inner items, then of the outer items.
 */
export function nestedPairs<T>(
  inners: readonly T[],
  outers: readonly T[],
  pathOf: (item: T) => string,
): [inner: T, outer: T][] {
  const places = [...placesOf(outers, pathOf, true), ...placesOf(inners, pathOf, false)];
  // All paths that begin with a path follow directly after it. Of equal paths the outer ones come first, as sorting is stable.
  places.sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
  const around: Place<T>[] = [];
  const found: [inner: Place<T>, outer: Place<T>][] = [];
  for (const place of places) {
    while (around.length > 0 && !place.path.startsWith(around.at(-1)?.path ?? '')) around.pop();
    if (place.isOuter) around.push(place);
    else
      for (const outer of around)
        if (outer.item !== place.item && found.length < MOST_PAIRS) found.push([place, outer]);
    if (found.length >= MOST_PAIRS) break;
  }
  return found
    .sort(([one, of], [other, by]) => one.index - other.index || of.index - by.index)
    .map(([inner, outer]) => [inner.item, outer.item]);
}

/** Returns pairs of items with the same key, the earlier item first. At most {@link MOST_PAIRS}. */
export function equalPairs<T>(items: readonly T[], keyOf: (item: T) => string): [one: T, other: T][] {
  const groups = new Map<string, { readonly item: T; readonly index: number }[]>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    const group = groups.get(key) ?? [];
    group.push({ item, index });
    groups.set(key, group);
  }
  const found = [...groups.values()].flatMap((group) =>
    group
      .slice(0, MOST_PAIRS)
      .flatMap((one, place) =>
        group.slice(place + 1, place + 1 + MOST_PAIRS).map((other) => ({ one, other })),
      ),
  );
  return found
    .sort((left, right) => left.one.index - right.one.index || left.other.index - right.other.index)
    .slice(0, MOST_PAIRS)
    .map(({ one, other }) => [one.item, other.item]);
}

function placesOf<T>(items: readonly T[], pathOf: (item: T) => string, isOuter: boolean): Place<T>[] {
  return items.map((item, index) => {
    const path = pathOf(item);
    return { item, index, path: path.endsWith('/') ? path : `${path}/`, isOuter };
  });
}
