/** Formats the result of a local run for people. */
import type { DemandResult } from '../local/execution/events';
import { describeJobs } from '../src/batch/retries/ended-jobs';
import type { ExecutionFailure } from '../src/history/failure';
import { PHASES } from '../src/history/phases';
import { formatPath, formatSeconds, plural } from './format';

export function resultLines(result: DemandResult): string[] {
  const {
    executionId,
    status,
    failure,
    jobs = [],
    outputs,
    workingDirectory,
    records,
    logProblem,
    recordsProblem,
  } = result;
  const width = Math.max(...outputs.map(({ name }) => name.length), 0);
  return [
    '',
    `demand ${executionId} ${status === 'SUCCEEDED' ? 'succeeded' : 'FAILED'}`,
    ...(failure === undefined ? [] : failureLines(failure)),
    ...(jobs.length === 0 ? [] : [`  ${plural(jobs.length, 'job')}: ${describeJobs(jobs)}`]),
    ...outputs.flatMap(({ name, remote, path }) => [
      `  ${name.padEnd(width)}  ${remote}`,
      `  ${' '.repeat(width)}  ${formatPath(path)}`,
    ]),
    ...(workingDirectory === undefined
      ? []
      : [`  the working directory was kept: ${formatPath(workingDirectory)}`]),
    `  records: ${formatPath(records)}`,
    ...(logProblem === undefined ? [] : [`  the log of the job ${logProblem}`]),
    ...(recordsProblem === undefined ? [] : [`  the records could not be written: ${recordsProblem}`]),
    timeLine(result),
    costLine(result),
  ];
}

export function failureLines({ error, message, lastLines = [] }: ExecutionFailure): string[] {
  const quoted =
    lastLines.length === 0 ? [] : ['  its last lines:', ...lastLines.map((line) => `  | ${line}`)];
  return [
    ...message.split('\n').map((line, index) => (index === 0 ? `  ${error}: ${line}` : `    ${line}`)),
    ...quoted,
  ];
}

function timeLine({ phases, totalMs, overheadMs }: DemandResult): string {
  const told = PHASES.map((phase) => `${phase} ${formatSeconds(phases[phase])}`);
  return `  ${told.join(', ')}; ${formatSeconds(totalMs)} in total, ${formatSeconds(overheadMs)} without the job`;
}

function costLine({ counts }: DemandResult): string {
  return `  ${[
    plural(counts.stateTransitions, 'state transition'),
    plural(counts.lambdaInvocations, 'Lambda invocation'),
    plural(counts.nestedExecutions, 'nested execution'),
    plural(counts.batchJobs, 'Batch job'),
  ].join(', ')}`;
}
