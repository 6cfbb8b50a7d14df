/** The section `jobs` of the configuration: retries and time-outs of jobs. */
import * as v from 'valibot';
import { ATTEMPT_SECONDS, RETRY_PATTERN_CHARACTERS } from '../../src/aws-limits';
import { DEFAULT_JOB_SETTINGS, MOST_JOB_SECONDS } from '../../src/batch/retries/settings';
import {
  LEAST_MEMORY_FACTOR,
  MOST_MEMORY_FACTOR,
  MOST_RULE_RETRIES,
  MOST_WAIT_SECONDS,
  RETRY_ACTIONS,
} from '../../src/demand/retries';
import { described, list, object, text, whole } from './fields';

/** Characters of all rules, as JSON: a function has 4 KB of environment variables. */
const RULES_CHARACTERS = 2_000;
/** MiB, far above the largest instance. */
const MOST_MEMORY = 1_000_000_000;

// Packaging would replace `${...}` in a pattern.
const pattern = text(
  new RegExp(`^(?!.*\\$\\{).{1,${RETRY_PATTERN_CHARACTERS}}$`),
  'a pattern: a text in which an asterisk stands for any characters',
);
const factorText = `a number from ${LEAST_MEMORY_FACTOR} to ${MOST_MEMORY_FACTOR}`;

const rule = object({
  action: v.picklist(RETRY_ACTIONS, RETRY_ACTIONS.join(', ')),
  onStatusReason: described(v.optional(pattern), "Pattern of the job's status reason, from Batch."),
  onReason: described(v.optional(pattern), "Pattern of the container's reason, from ECS."),
  onExitCode: described(v.optional(pattern), 'Pattern of the exit code, in decimal digits.'),
  retries: described(
    v.optional(whole(1, MOST_RULE_RETRIES)),
    'Retries by this rule in one execution. Each rule has its own count.',
  ),
  waitSeconds: described(
    v.optional(whole(0, MOST_WAIT_SECONDS)),
    'Seconds before the first retry. Each further wait is twice as long.',
  ),
});

export const jobs = object({
  attemptDurationSeconds: described(
    v.optional(whole(ATTEMPT_SECONDS, MOST_JOB_SECONDS), DEFAULT_JOB_SETTINGS.attemptDurationSeconds),
    'Seconds of each attempt of a job whose demand has no time-out.',
  ),
  queueSeconds: described(
    v.optional(whole(600, MOST_JOB_SECONDS), DEFAULT_JOB_SETTINGS.queueSeconds),
    'Seconds that a job may wait for hosts, in all its attempts. Then its demand fails.',
  ),
  tellRunnableSeconds: described(
    v.optional(whole(0, MOST_JOB_SECONDS), DEFAULT_JOB_SETTINGS.tellRunnableSeconds),
    'A job that has waited so long for a host is told in a status event, with the reason of Batch.',
  ),
  endRunnableSeconds: described(
    v.optional(whole(600, MOST_JOB_SECONDS)),
    'A job that has waited so long for a host is terminated. By default no job is.',
  ),
  memoryFactor: described(
    v.optional(
      v.pipe(
        v.number(factorText),
        v.minValue(LEAST_MEMORY_FACTOR, factorText),
        v.maxValue(MOST_MEMORY_FACTOR, factorText),
      ),
    ),
    'After a lack of memory a job runs again with so many times its memory. By default only demands that ask for it do.',
  ),
  maxMemory: described(
    v.optional(whole(1, MOST_MEMORY)),
    'MiB of such a job at most. Default: four times the memory of the demand.',
  ),
  retryRules: described(
    v.optional(
      v.pipe(
        list(rule),
        v.check(
          (rules) => JSON.stringify(rules).length <= RULES_CHARACTERS,
          `rules of ${RULES_CHARACTERS} characters in all`,
        ),
      ),
      [],
    ),
    'Rules before the default ones of docs/retries.md. The first rule that matches the end of a job decides.',
  ),
});
