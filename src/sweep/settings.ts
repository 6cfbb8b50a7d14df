/** Times of the sweeper that no configuration changes, in milliseconds, and the ages of each kind of unit. */
import { REDRIVE_DAYS } from '../aws-limits';
import { MACHINE_SECONDS } from '../machines/timeouts';
import { withoutEmpty } from '../wire/json';
import type { VolumeRules } from './decide';
import type { SweepRequest, SweptVolumeRequest } from './request';

export const DAY_MS = 24 * 3_600_000;
/** Time after its end in which an execution may still be cleaned up: Lambda keeps an event for at most six hours. */
export const CLEANED_UP_MS = 6 * 3_600_000;
/** Age of units that were moved aside, and of begun removals, before another sweep takes them up. */
export const ABANDONED_MS = 3_600_000;
/** Age of a partial file. No call lasts so long, and a writer changes the time of its file. */
const PARTIAL_MS = DAY_MS;
/** Age of an unfinished assembly: a redriven execution continues it. */
const ASSEMBLY_MS = (REDRIVE_DAYS + 1) * DAY_MS;
/** Longest time of an execution, and a day: two clocks never differ by a day. */
export const LONGEST_EXECUTION_MS = MACHINE_SECONDS['demand-execution'] * 1_000 + DAY_MS;

/** Returns the rules of a volume as the decision uses them. */
export function rulesOf(volume: Omit<SweptVolumeRequest, 'path'>, request: SweepRequest): VolumeRules {
  const { daysSinceLastAccessed, minSizeBytesAllowed, maxSizeBytes } = volume;
  const age = daysSinceLastAccessed * DAY_MS;
  return {
    ages: {
      working_directory: age,
      shared_input: age,
      temporary: age,
      ...(request.unowned && { unowned: age }),
      kept_directory: request.keptDays * DAY_MS,
      partial: PARTIAL_MS,
      assembly: ASSEMBLY_MS,
      removing: ABANDONED_MS,
    },
    minSizeBytesAllowed,
    ...withoutEmpty({ maxSizeBytes }),
  };
}
