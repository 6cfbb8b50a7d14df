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
  return ranked
    .sort((one, another) => one.edits - another.edits)
    .slice(0, MOST)
    .map(({ other }) => other);
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
