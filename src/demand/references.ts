/** `${NAME}` in a value stands for another parameter, named by its environment name in any case. */

const REFERENCE = /\$\{([_a-zA-Z][_a-zA-Z0-9]*)\}/g;

/** Environment names that a text refers to, each once, in order of appearance. */
export function referencesIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(REFERENCE), (match) => (match[1] ?? '').toUpperCase()))];
}

/** Length of what {@link fillReferences} would make of a text, told before it is made. */
export function filledLength(text: string, lookUp: (envName: string) => string | undefined): number {
  const growths = Array.from(
    text.matchAll(REFERENCE),
    ([whole, name = '']) => (lookUp(name.toUpperCase()) ?? whole).length - whole.length,
  );
  return growths.reduce((length, growth) => length + growth, text.length);
}

/** The text with every reference replaced; one that `lookUp` does not know stays as it is. */
export function fillReferences(text: string, lookUp: (envName: string) => string | undefined): string {
  return text.replace(REFERENCE, (whole, name: string) => lookUp(name.toUpperCase()) ?? whole);
}
