/** The retries and time-outs of a job: those of its demand, and those of its stage. */
import * as v from 'valibot';
import { JOB_ATTEMPTS } from '../../aws-limits';
import { type JobRetry, type RetryRule, retryRuleSchema } from '../../demand/retries';
import { withoutEmpty } from '../../wire/json';
import { integer, listOf, model, optional, readModel, writeModel } from '../../wire/schema';
import type { MemorySettings } from './memory';
import { DEFAULT_RULES } from './rules';

/** The settings of a stage: `jobs` in `config/<stage>.yml`. */
export interface JobSettings extends MemorySettings {
  /** Rules that come before {@link DEFAULT_RULES}. */
  readonly retryRules: readonly RetryRule[];
  /** Seconds of an attempt of a job whose demand has no time-out. */
  readonly attemptDurationSeconds: number;
  /** Seconds that a job may wait for a host, in all its attempts. */
  readonly queueSeconds: number;
  /** Seconds in RUNNABLE after which a status event tells of the job. */
  readonly tellRunnableSeconds: number;
  /** Seconds in RUNNABLE after which the job is terminated. Absent: no job is. */
  readonly endRunnableSeconds?: number | undefined;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** The settings of a stage whose configuration has no others. */
export const DEFAULT_JOB_SETTINGS: JobSettings = {
  retryRules: [],
  attemptDurationSeconds: DAY,
  queueSeconds: 3 * DAY,
  tellRunnableSeconds: HOUR,
};

const settingsSchema = model({
  retryRules: listOf(retryRuleSchema),
  memoryFactor: optional(v.number()),
  maxMemory: optional(integer(1)),
  attemptDurationSeconds: integer(1),
  queueSeconds: integer(),
  tellRunnableSeconds: integer(),
  endRunnableSeconds: optional(integer(1)),
});

/** Reads the text of {@link writeJobSettings}. Without a text the settings are the default ones. @throws DemandValidationError */
export function readJobSettings(json: string | undefined): JobSettings {
  return json === undefined ? DEFAULT_JOB_SETTINGS : readModel(settingsSchema, JSON.parse(json));
}

/** Returns the settings as JSON, for an environment variable. */
export function writeJobSettings(settings: JobSettings): string {
  const { memoryFactor, maxMemory, endRunnableSeconds, ...rest } = settings;
  const given = withoutEmpty({ memoryFactor, maxMemory, endRunnableSeconds });
  return JSON.stringify(writeModel(settingsSchema, { ...rest, ...given }));
}

/** Seconds of the state RunJob at most. The execution has two more days. */
export const MOST_JOB_SECONDS = 14 * DAY;

/** Returns the rules in their order: those of the demand, of its stage, and the default ones. */
export function rulesOf(retry: JobRetry | undefined, { retryRules }: JobSettings): RetryRule[] {
  return [...(retry?.rules ?? []), ...retryRules, ...DEFAULT_RULES];
}

/** The demand's factor and ceiling win over those of its stage. */
export function memorySettingsOf(retry: JobRetry | undefined, stage: JobSettings): MemorySettings {
  const { memoryFactor = stage.memoryFactor, maxMemory = stage.maxMemory } = retry ?? {};
  return withoutEmpty({ memoryFactor, maxMemory, mostMemory: stage.mostMemory });
}

/**
 * Returns the seconds of the state RunJob: all attempts of the job, and the time in the queue. A job that waits for ever
 * so ends as well.
 */
export function runJobSeconds(
  attemptDurationSeconds: number,
  attempts: number,
  { queueSeconds }: Pick<JobSettings, 'queueSeconds'>,
): number {
  const most = Math.min(Math.max(attempts, 1), JOB_ATTEMPTS);
  return Math.min(most * attemptDurationSeconds + queueSeconds, MOST_JOB_SECONDS);
}
