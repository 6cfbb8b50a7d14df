/** The defaults of a sweep: old enough that no execution can be redriven into what is gone, and nothing by size. */
import { REDRIVE_DAYS } from '../aws-limits';
import type { VolumeRole } from '../efs/model';

export interface SweepDefaults {
  readonly daysSinceLastAccessed: Readonly<Record<VolumeRole, number>>;
  readonly keptDays: number;
  readonly uploadDays: number;
  readonly revisionsKept: number;
}

export const DEFAULT_SWEEP: SweepDefaults = {
  daysSinceLastAccessed: {
    // A redriven execution goes on in its working directory.
    scratch: REDRIVE_DAYS + 1,
    // A shared input is a copy: without it, the next execution copies it again.
    shared: 30,
    // A job without a time-out may run for 14 days.
    tmp: REDRIVE_DAYS + 1,
  },
  // The directory may have the only copy of an output.
  keptDays: 30,
  // A redriven execution continues its uploads.
  uploadDays: REDRIVE_DAYS + 1,
  revisionsKept: 50,
};
