import type { Report } from '../../../cli/aws/events';
import { reportLines } from '../../../cli/aws/report-lines';
import { PHASES, type PhaseTimes } from '../../../src/history/phases';

const NOTHING = { files: 0, bytes: 0 };
const REPORT: Report = {
  executionId: 'run-1',
  executionArn: 'arn:one',
  status: 'RUNNING',
  startDate: '2026-01-02T03:04:05.000Z',
  states: [],
  phases: Object.fromEntries(PHASES.map((phase) => [phase, 0])) as PhaseTimes,
  totalMs: 0,
  counts: { stateTransitions: 9, lambdaInvocations: 6, nestedExecutions: 0, batchJobs: 1 },
  transferred: { input: NOTHING, output: NOTHING },
  outputs: [],
  nested: [],
};
const linesOf = (changes: Partial<Report>) => reportLines({ ...REPORT, ...changes }, 0);

test('a job that cannot start has its reason, the meaning and the next step', () => {
  const reason = 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - too large';
  const lines = linesOf({ job: { jobId: 'one', status: 'RUNNABLE', reason, memory: 512 } });
  const told = lines.indexOf(`  job one: RUNNABLE (${reason}), 512 MiB`);
  expect(told).toBeGreaterThan(0);
  expect(lines[told + 1]).toMatch(/^ {2}the job queue has no compute environment that is large enough\. Ask/);
});

test('a job that runs has no explanation of a reason', () => {
  const lines = linesOf({
    job: { jobId: 'one', status: 'RUNNING', reason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY' },
  });
  expect(lines.join('\n')).not.toContain('EC2 had no capacity');
});

test('the jobs before have their memory and reason', () => {
  const retriedJobs = [{ jobId: 'one', memory: 512, reason: 'OutOfMemoryError' }];
  const job = { jobId: 'two', status: 'RUNNING', memory: 1_024 };
  expect(linesOf({ retriedJobs, job })).toEqual(
    expect.arrayContaining(['  jobs before: 512 MiB (OutOfMemoryError)', '  job two: RUNNING, 1024 MiB']),
  );
  expect(linesOf({ retriedJobs })).toContain('  jobs before: 512 MiB (OutOfMemoryError)');
});
