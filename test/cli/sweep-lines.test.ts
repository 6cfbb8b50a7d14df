import { sweepLines } from '../../cli/sweep-lines';
import type { SweepEvent } from '../../src/sweep/event';

const PART = { removed: {}, stays: {}, failures: [], failure_count: 0, examples: [] };
const report = (more: Partial<SweepEvent>): SweepEvent => ({
  version: 1,
  id: 'x',
  status: 'SUCCEEDED',
  env_base: 'dev-demand',
  execution_arn: 'arn',
  dry_run: false,
  started_at: '',
  stopped_at: '',
  removed: { count: 0, bytes: 0 },
  parts: [],
  failed_parts: [],
  ...more,
});

test('a sweep that removed nothing has one line', () => {
  expect(sweepLines(report({ parts: [{ part: 'tmp', ...PART }] }))).toEqual([
    'the sweep has removed 0 items, 0 B',
  ]);
});

test('each part tells what went, examples, and why the rest stays', () => {
  const parts: SweepEvent['parts'] = [
    {
      ...PART,
      part: 'scratch',
      path: 'fs-1:/scratch',
      removed: { working_directory: { count: 7, bytes: 2_048 }, kept_directory: { count: 1, bytes: 0 } },
      stays: { execution: 1, recent: 2, something_new: 3 },
      failures: [{ path: '/a', reason: 'EBUSY' }],
      failure_count: 3,
      examples: ['/mnt/efs/scratch/one'],
    },
  ];
  expect(sweepLines(report({ dry_run: true, removed: { count: 8, bytes: 2_048 }, parts }))).toEqual([
    'a sweep would remove 8 items, 2.0 KiB',
    '  scratch fs-1:/scratch',
    '    7 working directories, 2.0 KiB',
    '    1 directory of a failed execution',
    '      /mnt/efs/scratch/one',
    '      and 7 more',
    '    1 item stay: of executions that run, or have just ended',
    '    2 items stay: used recently',
    '    3 items stay: something new',
    '    failed: /a: EBUSY',
    '    2 more failures',
  ]);
});

test('a failed part is told', () => {
  const failed = [{ part: 'tmp of fs-1', error: 'UnsafePath', message: 'a link' }];
  expect(sweepLines(report({ failed_parts: failed }))).toContain('  tmp of fs-1: failed, UnsafePath: a link');
});
