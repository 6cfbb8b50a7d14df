/**
 * Writes JSON values as Python's `str()` does. Jobs that were written for the original read such texts from their
 * environment.
 *
 * Source: https://docs.python.org/3/library/stdtypes.html (str, repr of float and of strings).
 */
import { isJsonObject } from '../wire/json';

/** Characters that `repr` escapes: controls, unassigned characters, and all separators except the space. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const SHORT_ESCAPES = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** Returns `str(value)`: a string as it is, any other value as its `repr`. @throws TypeError for a value outside JSON */
export function pythonStr(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** Returns the `repr` of the value that `json.loads` reads. */
function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return pythonNumber(value);
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (!isJsonObject(value)) throw new TypeError(`not a JSON value: ${String(value)}`);
  const items = Object.entries(value).map(([key, item]) => `${quote(key)}: ${pythonRepr(item)}`);
  return `{${items.join(', ')}}`;
}

/** Returns a number as Python writes it. Node reads `2.0` and `2` of a JSON text as the same number: both become `2`. */
export function pythonNumber(value: number): string {
  if (Number.isInteger(value)) return Object.is(value, -0) ? '0' : BigInt(value).toString();
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  // Python writes an exponent below 1e-4, JavaScript only below 1e-6.
  if (exponent >= -4) return String(value);
  return `${mantissa}e-${String(-exponent).padStart(2, '0')}`;
}

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = Array.from(text, (character) =>
    character === mark ? `\\${mark}` : escapeCharacter(character),
  );
  return `${mark}${escaped.join('')}${mark}`;
}

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  if (!UNPRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
