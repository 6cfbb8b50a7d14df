/** Suggests names for a name that does not exist. */
const MOST = 3;

/** Returns the nearest names: a name that continues the given name, or begins it, first; then by the number of edits. */
export function closestTo(name: string, names: readonly string[]): string[] {
  const ranked = [...new Set(names)].flatMap((other) => {
    const goesOn = name !== '' && other !== '' && (other.startsWith(name) || name.startsWith(other));
    const edits = goesOn ? 0 : editsBetween(name.toLowerCase(), other.toLowerCase());
    const isNear = edits <= Math.max(2, name.length / 3) && edits < Math.max(name.length, other.length);
    return isNear ? [{ other, edits }] : [];
  });
  return nearestOf(ranked);
}

/** Characters of a name that may be a misspelt one. The comparison takes the product of both lengths. */
const MOST_CHARACTERS = 60;

/**
 * Returns the names that a misspelt name may mean, the nearest first: one edit away, or two for a name of five letters or
 * more. A name of three or four letters may also be a part of a name with at most three letters more, as `cpu` of `vcpus`.
 * Case and underscores count for nothing.
 */
export function nearNames(name: string, names: readonly string[]): string[] {
  const squashed = squash(name);
  if (name.length > MOST_CHARACTERS) return [];
  const mostEdits = squashed.length < 5 ? 1 : 2;
  const ranked = [...new Set(names)]
    .map((other) => ({ other, edits: editsOrPart(squashed, squash(other)) }))
    .filter(({ edits }) => edits <= mostEdits && edits < squashed.length);
  return nearestOf(ranked);
}

function nearestOf(ranked: readonly { readonly other: string; readonly edits: number }[]): string[] {
  return ranked
    .toSorted((one, another) => one.edits - another.edits)
    .slice(0, MOST)
    .map(({ other }) => other);
}

function editsOrPart(name: string, other: string): number {
  const isPart =
    name.length >= 3 && name.length < 5 && other.includes(name) && other.length <= name.length + 3;
  return isPart ? 0 : editsBetween(name, other);
}

function squash(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}

/** Returns the Levenshtein distance. */
export function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
