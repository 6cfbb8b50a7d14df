/** References: `${NAME}` in a value refers to another parameter by its environment name, in any case. */

const REFERENCE = /\$\{([_a-zA-Z][_a-zA-Z0-9]*)\}/g;

/** Returns the environment names that a text refers to. The names are in the order of first appearance, without repetitions. */
export function referencesIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(REFERENCE), (match) => (match[1] ?? '').toUpperCase()))];
}

/** Returns the length of the text that {@link fillReferences} would return, without the memory for that text. */
export function filledLength(text: string, lookUp: (envName: string) => string | undefined): number {
  const growths = Array.from(
    text.matchAll(REFERENCE),
    ([whole, name = '']) => (lookUp(name.toUpperCase()) ?? whole).length - whole.length,
  );
  return growths.reduce((length, growth) => length + growth, text.length);
}

/** Returns the text with every reference replaced. A reference stays as it is when `lookUp` returns undefined. */
export function fillReferences(text: string, lookUp: (envName: string) => string | undefined): string {
  return text.replace(REFERENCE, (whole, name: string) => lookUp(name.toUpperCase()) ?? whole);
}
