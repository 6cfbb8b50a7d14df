/** Decides what a sweep removes from one volume. The decision depends on its arguments only. */
import { compareKeys } from '../transfer/keys';
import type { Bytes, EpochMs } from '../units';
import type { Hold, UnitFacts, UnitKind } from './facts';
import { folderOfKey } from './files';

/** Milliseconds after the last use in which no rule about sizes removes a unit. */
export const FRESH_MS = 3_600_000;

export interface VolumeRules {
  /** A unit is over age so many milliseconds after its last use. A kind without an age is never over age. */
  readonly ages: Readonly<Partial<Record<UnitKind, number>>>;
  /** Bytes that stay in the volume: units over age are removed only while the volume has more. 0 by default. */
  readonly minSizeBytesAllowed?: Bytes;
  /** Bytes that the volume may have. Above, units go that are not over age, too. No limit by default. */
  readonly maxSizeBytes?: Bytes;
}

export interface Removal {
  readonly unit: UnitFacts;
  readonly because: 'age' | 'size';
}

export interface SweepPlan {
  /** In the order of the last use, the least recent first. */
  readonly removals: readonly Removal[];
  /** The number of units that stay, by the reason. */
  readonly stays: Readonly<Partial<Record<Stay, number>>>;
}

type Stay = Hold | 'recent' | 'allowed_size';

/** Kinds that cost no result when they go early. A kept directory may have the only copy of an output. */
const MAY_GO_BY_SIZE: ReadonlySet<UnitKind> = new Set(['working_directory', 'shared_input', 'temporary']);
/** Kinds that go by age alone: nobody uses them any more. */
const NEVER_ALLOWED: ReadonlySet<UnitKind> = new Set(['partial', 'assembly', 'removing']);

/**
 * Decides which units a sweep removes.
 *
 * | unit                                                     | verdict                                 |
 * | -------------------------------------------------------- | --------------------------------------- |
 * | held, or its last use is unknown                         | stays                                   |
 * | over age, and the volume has more than the allowed bytes | goes, the least recently used first     |
 * | not over age, and the volume has more than its most bytes | goes, the least recently used first     |
 * | any other                                                | stays                                   |
 *
 * A kept directory never goes by size. The size of a volume is the sum of the measured units, so an unknown size makes
 * the sweeper remove less.
 */
export function planSweep(units: readonly UnitFacts[], rules: VolumeRules, now: EpochMs): SweepPlan {
  const removals: Removal[] = [];
  const stays: Partial<Record<Stay, number>> = {};
  let left = units.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  for (const unit of units.toSorted(byLastUse)) {
    const { held, lastUsed } = unit;
    const because =
      held ?? (lastUsed === undefined ? 'unknown' : reasonToGo({ ...unit, lastUsed }, left, rules, now));
    if (because === 'age' || because === 'size') {
      removals.push({ unit, because });
      left -= unit.bytes ?? 0;
    } else stays[because] = (stays[because] ?? 0) + 1;
  }
  return { removals: withoutInner(removals), stays };
}

/** A partial file goes with the unit that it is in. */
function withoutInner(removals: readonly Removal[]): readonly Removal[] {
  const wholes = new Set(removals.flatMap(({ unit: { kind, key } }) => (kind === 'partial' ? [] : [key])));
  const isInner = ({ unit: { key, kind } }: Removal) => {
    if (kind !== 'partial') return false;
    for (let folder = folderOfKey(key); folder !== ''; folder = folderOfKey(folder))
      if (wholes.has(folder)) return true;
    return false;
  };
  return removals.filter((removal) => !isInner(removal));
}

function reasonToGo(
  { kind, lastUsed, bytes = 0 }: UnitFacts & { readonly lastUsed: EpochMs },
  left: Bytes,
  { ages, minSizeBytesAllowed = 0, maxSizeBytes = Number.POSITIVE_INFINITY }: VolumeRules,
  now: EpochMs,
): Removal['because'] | Stay {
  const unused = now - lastUsed;
  const isTooMuch = left > maxSizeBytes && bytes > 0 && MAY_GO_BY_SIZE.has(kind) && unused >= FRESH_MS;
  if (isTooMuch) return 'size';
  if (unused < (ages[kind] ?? Number.POSITIVE_INFINITY)) return 'recent';
  return left > minSizeBytesAllowed || minSizeBytesAllowed === 0 || NEVER_ALLOWED.has(kind)
    ? 'age'
    : 'allowed_size';
}

function byLastUse(one: UnitFacts, other: UnitFacts): number {
  return (one.lastUsed ?? 0) - (other.lastUsed ?? 0) || compareKeys(one.key, other.key);
}
