import type { JobSettings } from '../batch/retries/settings';
import { withoutEmpty } from '../wire/json';
import type { DemandRules } from './model';

/**
 * Returns the settings of jobs with the maxima of the rules: no retry gets more memory than a demand may ask for, and no
 * default is longer than a time-out that a demand may give.
 */
export function jobSettingsWithin(
  settings: JobSettings,
  { maxMemoryMib, maxAttemptDurationSeconds: most = settings.attemptDurationSeconds }: DemandRules,
): JobSettings {
  return {
    ...settings,
    ...withoutEmpty({ mostMemory: maxMemoryMib }),
    attemptDurationSeconds: Math.min(settings.attemptDurationSeconds, most),
  };
}
