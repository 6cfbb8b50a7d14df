/**
 * Python's `str()` of a JSON value: what jobs written for the original read from their environment.
 *
 * Source: https://docs.python.org/3/library/stdtypes.html (str, repr of float and of strings).
 */
import { isJsonObject } from '../wire/json';

/** Characters that `repr` escapes: Python prints neither controls nor any separator but the space. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const SHORT_ESCAPES = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** `str(value)`: a string is itself, everything else its `repr`. */
export function pythonStr(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** `repr(value)` of what `json.loads` makes of JSON. */
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

/**
 * A number as Python writes it. JSON parsed in Node no longer tells `2.0` from `2`: both print "2".
 */
export function pythonNumber(value: number): string {
  if (Number.isInteger(value)) return Object.is(value, -0) ? '0' : BigInt(value).toString();
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  // Python turns to an exponent below 1e-4, JavaScript only below 1e-6.
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
