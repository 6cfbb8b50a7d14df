/** Moments as Python's `datetime` and pydantic read and write them, in whole microseconds since 1970-01-01 UTC. */
import type { EpochMicroseconds } from '../units';

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)$/i;
const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/;
/** pydantic reads a larger number as milliseconds. 2e10 seconds are about 600 years. */
const MAX_SECONDS = 2e10;
const MICROSECONDS_A_SECOND = 1_000_000;

/**
 * Reads an ISO 8601 text with its offset from UTC, or a number of seconds or milliseconds since 1970.
 *
 * @returns undefined for any other value, such as a text without an offset
 */
export function parseMoment(value: unknown): EpochMicroseconds | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') return undefined;
  return PLAIN_NUMBER.test(value) ? fromNumber(Number(value)) : fromText(value);
}

/** Writes a moment as `isoformat()` does, in UTC with a `Z`. Whole seconds have no fraction. */
export function formatMoment(microseconds: EpochMicroseconds): string {
  const fraction = ((microseconds % MICROSECONDS_A_SECOND) + MICROSECONDS_A_SECOND) % MICROSECONDS_A_SECOND;
  // biome-ignore lint/style/noRestrictedGlobals: a given moment is written; no clock is asked
  const text = new Date((microseconds - fraction) / 1000).toISOString();
  return `${text.slice(0, -'.000Z'.length)}${fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`}Z`;
}

function fromNumber(value: number): number | undefined {
  const seconds = Math.abs(value) > MAX_SECONDS ? value / 1000 : value;
  return Math.abs(seconds) <= MAX_SECONDS ? Math.round(seconds * MICROSECONDS_A_SECOND) : undefined;
}

function fromText(text: string): number | undefined {
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
