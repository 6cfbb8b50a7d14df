/** Formats a report for people. */
import { jobCauseOf } from '../../src/batch/job-end';
import { describeJobs } from '../../src/batch/retries/ended-jobs';
import { PHASES } from '../../src/history/phases';
import { plural } from '../format';
import { failureLines } from '../result-lines';
import type { CurrentState, Report } from './events';
import { formatDuration, formatTransferred } from './format';

const SAID: Readonly<Record<Report['status'], string>> = {
  RUNNING: 'is running',
  SUCCEEDED: 'succeeded',
  FAILED: 'FAILED',
  TIMED_OUT: 'TIMED OUT',
  ABORTED: 'was STOPPED',
};

export function reportLines(report: Report, now: number): string[] {
  const { executionId, executionArn, status, startDate, stopDate, nested, failure } = report;
  const times = stopDate === undefined ? `since ${startDate}` : `${startDate} to ${stopDate}`;
  return [
    `demand ${executionId} ${SAID[status]}`,
    ...(failure === undefined ? [] : failureLines(failure)),
    ...report.states.map((open) => `  now: ${stateWords(open, now)}`),
    ...jobLines(report),
    ...transferLines(report),
    ...outputLines(report),
    `  ${times}: ${phaseWords(report)}`,
    `  ${plural(report.counts.stateTransitions, 'state transition')}, ${plural(report.counts.lambdaInvocations, 'Lambda invocation')}`,
    ...nested.map((arn) => `  for a large transfer: ${arn}`),
    `  ${executionArn}`,
  ];
}

/** Statuses of a job that has no host yet. */
const HAS_WAITED: ReadonlySet<string> = new Set(['SUBMITTED', 'PENDING', 'RUNNABLE']);

function stateWords({ state, within, since }: CurrentState, now: number): string {
  const place = within === undefined ? state : `${within.map}, ${within.item}: ${state}`;
  return `${place} for ${formatDuration(now - since)}`;
}

function jobLines({ job, retriedJobs = [] }: Report): string[] {
  const retried = retriedJobs.length === 0 ? [] : [`  jobs before: ${describeJobs(retriedJobs)}`];
  if (job === undefined) return retried;
  const { jobId, status, exitCode, reason, memory } = job;
  const code = exitCode === undefined ? '' : `, exit code ${exitCode}`;
  const because = reason === undefined || exitCode === 0 ? '' : ` (${reason})`;
  const cause =
    HAS_WAITED.has(status) && reason !== undefined ? jobCauseOf({ reasons: [reason] }) : undefined;
  const size = memory === undefined ? '' : `, ${memory} MiB`;
  return [
    ...retried,
    `  job ${jobId}: ${status}${code}${because}${size}`,
    ...(cause === undefined ? [] : [`  ${cause.happened}. ${cause.next}`]),
  ];
}

function transferLines({ transferred: { input, output } }: Report): string[] {
  const told = [
    input.files > 0 ? `in ${formatTransferred(input)}` : '',
    output.files > 0 ? `out ${formatTransferred(output)}` : '',
  ].filter((text) => text !== '');
  return told.length === 0 ? [] : [`  transferred: ${told.join('; ')}`];
}

/** Only a demand that succeeds has results, or that may still succeed. */
function outputLines({ status, outputs }: Report): string[] {
  if (status !== 'SUCCEEDED' && status !== 'RUNNING') return [];
  const width = Math.max(...outputs.map(({ name }) => name.length), 0);
  const lines = outputs.map(({ name, remote }) => `  ${name.padEnd(width)}  ${remote}`);
  return status === 'RUNNING' && lines.length > 0 ? ['  results will be at', ...lines] : lines;
}

function phaseWords({ phases, totalMs }: Report): string {
  const told = PHASES.filter((phase) => phases[phase] > 0).map(
    (phase) => `${phase} ${formatDuration(phases[phase])}`,
  );
  return [...told, `${formatDuration(totalMs)} in total`].join(', ');
}
