/** Canonical JSON: two objects with the same fields have the same text, in any order of the fields. */
import { isJsonObject } from './json';

/** Returns JSON with sorted keys and without white space. Undefined fields are absent. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}
