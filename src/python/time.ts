/** Moments as Python's `datetime` reads and writes them, in whole microseconds since 1970. */

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)$/i;
const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/;
/** Beyond this, some 600 years from 1970, pydantic takes a number for milliseconds. */
const MAX_SECONDS = 2e10;
const MICROSECONDS_A_SECOND = 1_000_000;

/**
 * Reads an ISO 8601 text with its offset from UTC, or the seconds (or milliseconds) since 1970.
 *
 * @returns undefined for anything else, also for a time of day that says nothing of its zone
 */
export function parseMoment(value: unknown): number | undefined {
  if (typeof value === 'number') return ofNumber(value);
  if (typeof value !== 'string') return undefined;
  return PLAIN_NUMBER.test(value) ? ofNumber(Number(value)) : ofText(value);
}

/** Like `isoformat()`, in UTC with a `Z`; a fraction only where there is one. */
export function formatMoment(microseconds: number): string {
  const fraction = ((microseconds % MICROSECONDS_A_SECOND) + MICROSECONDS_A_SECOND) % MICROSECONDS_A_SECOND;
  // biome-ignore lint/style/noRestrictedGlobals: a given moment is written; no clock is asked
  const text = new Date((microseconds - fraction) / 1000).toISOString();
  return `${text.slice(0, -'.000Z'.length)}${fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`}Z`;
}

function ofNumber(value: number): number | undefined {
  const seconds = Math.abs(value) > MAX_SECONDS ? value / 1000 : value;
  return Math.abs(seconds) <= MAX_SECONDS ? Math.round(seconds * MICROSECONDS_A_SECOND) : undefined;
}

function ofText(text: string): number | undefined {
  const found = ISO.exec(text);
  if (found === null) return undefined;
  const [, day, hour, minute, second = '00', fraction = '', zone = ''] = found;
  const offset = zone
    .toUpperCase()
    .replace(/^(.\d\d):?(\d\d)?$/, (_, hours, rest = '00') => `${hours}:${rest}`);
  // biome-ignore lint/style/noRestrictedGlobals: a given moment is read; no clock is asked
  const milliseconds = Date.parse(`${day}T${hour}:${minute}:${second}${offset}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return milliseconds * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}
