/**
 * Writes JSON as Python's `json.dumps(value, sort_keys=True)` writes it. Hashes in names are computed over these bytes, so
 * they must equal Python's.
 *
 * Source: https://docs.python.org/3/library/json.html
 */
import { isJsonObject } from '../wire/json';
import { pythonNumber } from './text';

const ESCAPES = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\f', '\\f'],
  ['\b', '\\b'],
]);

/**
 * Returns JSON with sorted keys, the separators `, ` and `: `, and an escape for each character outside printable ASCII.
 *
 * @throws TypeError for a value that JSON cannot express, such as a function
 */
export function pythonJson(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return pythonNumber(value);
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (!isJsonObject(value)) throw new TypeError(`not a JSON value: ${String(value)}`);
  const keys = Object.keys(value).sort(byCodePoint);
  return `{${keys.map((key) => `${quote(key)}: ${pythonJson(value[key])}`).join(', ')}}`;
}

function quote(text: string): string {
  // The pattern has no `u` flag: Python escapes a character above U+FFFF as its two surrogates.
  return `"${text.replace(/[^ !#-[\]-~]/g, escapeUnit)}"`;
}

function escapeUnit(unit: string): string {
  return ESCAPES.get(unit) ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Python orders strings by code point, JavaScript by UTF-16 unit. */
function byCodePoint(left: string, right: string): number {
  const lefts = Array.from(left);
  const rights = Array.from(right);
  for (let index = 0; index < Math.min(lefts.length, rights.length); index += 1) {
    const difference = (lefts[index]?.codePointAt(0) ?? 0) - (rights[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return lefts.length - rights.length;
}
