/** Parses times of options. */
import { InvalidArgumentError } from 'commander';
import type { EpochMs } from '../src/units';

const MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A date with an optional time and an optional zone. A printed time has this form. */
const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * Reads an ISO time, or a time so long ago, such as `90s`, `15m`, `2h` or `1d`. A time without a zone is UTC, as all
 * times that the command line prints.
 *
 * @param now milliseconds since 1970-01-01 UTC
 * @throws InvalidArgumentError for another text
 */
export function timeSince(text: string, now: EpochMs = Date.now()): EpochMs {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const time = amount === undefined ? isoTime(text) : now - Number(amount) * MS[unit as keyof typeof MS];
  if (Number.isNaN(time)) throw new InvalidArgumentError('It must be an ISO time, or like 90s, 15m, 2h, 1d.');
  return time;
}

function isoTime(text: string): EpochMs {
  const [, date, time = '00:00', zone = 'Z'] = ISO_TIME.exec(text) ?? [];
  return date === undefined ? Number.NaN : Date.parse(`${date}T${time}${zone.toUpperCase()}`);
}
