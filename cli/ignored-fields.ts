/** Returns the lines about fields of a demand that nothing reads; none without such fields. */
export function ignoredFieldLines(ignored: readonly string[]): string[] {
  if (ignored.length === 0) return [];
  return ['These fields are ignored. Are they misspelt?', ...ignored.map((field) => `  ${field}`)];
}
