/**
 * The rules that decide whether a failed job runs again. The fields of a rule have the names of Batch's `evaluateOnExit`.
 *
 * Batch has five rules, and its patterns have an asterisk at their end alone. These rules are applied after Batch's own:
 * they see the end of the last attempt, and the next job is a new job.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html
 */
import type { RetryRule } from '../../demand/retries';
import { STATUS_REASONS } from '../status-reasons';

/** The patterns of a rule. Batch's own rules have them, too. */
export type RetryPatterns = Pick<RetryRule, 'onStatusReason' | 'onReason' | 'onExitCode'>;

/** The end of a job's last attempt. */
export interface FailedAttempt {
  readonly statusReason?: string;
  readonly reason?: string;
  readonly exitCode?: number;
}

/** Retries by a rule that has no number. */
export const DEFAULT_RULE_RETRIES = 3;
/** Seconds before the first retry by a rule that has no number. */
export const DEFAULT_WAIT_SECONDS = 30;
export const LONGEST_WAIT_SECONDS = 900;

const notStarted = (onReason: string): RetryRule => ({
  action: 'RETRY',
  onStatusReason: STATUS_REASONS.notStarted,
  onReason,
});

/**
 * The rules of a stage whose configuration has no others.
 *
 * https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html and
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html have the reasons.
 */
export const DEFAULT_RULES: readonly RetryRule[] = [
  // A host may be lost many times. Each of these jobs has had Batch's own attempts before.
  { action: 'RETRY', onStatusReason: 'Host EC2*', retries: 20, waitSeconds: 0 },
  { action: 'RETRY', onStatusReason: '*Spot Task was interrupted*', retries: 20, waitSeconds: 0 },
  { action: 'RETRY_WITH_MORE_MEMORY', onReason: 'OutOfMemoryError*', retries: 10, waitSeconds: 0 },
  // The reasons below do not pass by themselves.
  { action: 'EXIT', onReason: '*AccessDenied*' },
  { action: 'EXIT', onReason: '*not authorized*' },
  { action: 'EXIT', onReason: '*unable to retrieve secret*ResourceNotFoundException*' },
  { action: 'EXIT', onReason: '*unable to retrieve secret*invalid*parameters*' },
  { action: 'EXIT', onReason: '*unable to retrieve secret*did not contain json key*' },
  { action: 'EXIT', onReason: '*log group does not exist*' },
  { action: 'EXIT', onReason: 'CannotPull*not found*' },
  { action: 'EXIT', onReason: 'CannotPull*manifest unknown*' },
  { action: 'EXIT', onReason: 'CannotPull*does not exist*' },
  { action: 'EXIT', onReason: 'CannotPull*access denied*' },
  { action: 'EXIT', onReason: 'CannotPull*no basic auth*' },
  { action: 'EXIT', onReason: 'CannotPull*no match*for platform*' },
  { action: 'EXIT', onReason: 'CannotPull*no matching manifest*' },
  notStarted('CannotPull*'),
  notStarted('CannotStartContainerError*log stream*'),
  notStarted('CannotStartContainerError*failed to initialize logging driver*'),
  notStarted('ResourceInitializationError*'),
  notStarted('DockerTimeoutError*'),
  notStarted('ContainerRuntimeTimeoutError*'),
];

/** Tells whether a pattern matches a whole text. An asterisk stands for any characters, also for none. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
    return false;
  // The parts between two asterisks, each as early as possible: no text is read twice.
  let from = first.length;
  const end = text.length - last.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}

/** Tells whether a rule matches: each of its patterns does. */
export function matches(
  { onStatusReason, onReason, onExitCode }: RetryPatterns,
  { statusReason = '', reason = '', exitCode }: FailedAttempt,
): boolean {
  const fits = (pattern: string | undefined, text: string) =>
    pattern === undefined || matchesPattern(pattern, text);
  return (
    fits(onStatusReason, statusReason) &&
    fits(onReason, reason) &&
    fits(onExitCode, exitCode === undefined ? '' : String(exitCode))
  );
}

/** Returns the first rule that matches. */
export function firstMatch<R extends RetryPatterns>(
  rules: readonly R[],
  attempt: FailedAttempt,
): R | undefined {
  return rules.find((rule) => matches(rule, attempt));
}

/** Returns the rule as one line, such as `RETRY onReason CannotPull*`. It identifies the rule in an execution. */
export function describeRule({ action, onStatusReason, onReason, onExitCode }: RetryRule): string {
  const patterns = Object.entries({ onStatusReason, onReason, onExitCode }).flatMap(([name, pattern]) =>
    pattern === undefined ? [] : [`${name} ${pattern}`],
  );
  return [action, ...patterns].join(' ');
}
