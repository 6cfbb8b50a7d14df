import { DemandValidationError } from '../../src/errors';
import type { Asked } from '../../src/rules/asked';
import { UNRESTRICTED } from '../../src/rules/model';
import { describeRules, RULES, refuseForbidden, ruleProblems } from '../../src/rules/rules';
import { parseLocation } from '../../src/transfer/location';
import { STAGE } from './stage';

const at = <T>(value: T) => [{ pointer: '/x', value }];
const place = (uri: string) => at(parseLocation(uri));

const FORBIDDEN: readonly [string, Asked, string][] = [
  [
    'demands.read',
    { reads: place('s3://evil/x') },
    'reading s3://evil/x; it permits s3://own, s3://reference/genomes',
  ],
  [
    'demands.read',
    { documents: place('s3://evil/list.json') },
    'reading the document s3://evil/list.json; it permits s3://own, s3://reference/genomes, s3://own/results, s3://temp',
  ],
  [
    'demands.write',
    { writes: place('s3://own/other') },
    'writing s3://own/other; it permits s3://own/results',
  ],
  [
    'demands.remove',
    { removals: place('s3://own/results/a') },
    'the removal of objects at s3://own/results/a; it permits none',
  ],
  [
    'demands.jobQueueArns',
    { jobQueues: at('other') },
    'the job queue "other"; it permits arn:aws:batch:us-west-2:111122223333:job-queue/main',
  ],
  [
    'demands.images',
    { images: at('ghcr.io/evil/tool') },
    'the image "ghcr.io/evil/tool"; it permits ghcr.io/team/*',
  ],
  [
    'demands.privileged',
    { privileged: at(true) },
    'a privileged container; it permits no privileged container',
  ],
  [
    'jobRoleArns',
    { jobRoles: at('admin') },
    'the job role "admin"; it permits arn:aws:iam::111122223333:role/job',
  ],
  ['demands.maxMemoryMib', { memory: at(4097) }, '4097 MiB of memory; it permits at most 4096 MiB of memory'],
  ['demands.maxVcpus', { vcpus: at('4.5') }, '4.5 vCPUs; it permits at most 4 vCPUs'],
  ['demands.maxGpus', { gpus: at('1') }, '1 GPUs; it permits at most 0 GPUs'],
  [
    'demands.maxAttemptDurationSeconds',
    { durations: at(3601) },
    '3601 seconds for an attempt of a job; it permits at most 3600 seconds for an attempt of a job',
  ],
];

test.each(FORBIDDEN)('%s', (name, asked, words) => {
  expect(ruleProblems(asked, STAGE)).toEqual([
    {
      pointer: '/x',
      message: `the rule ${name} of the stage forbids ${words}`,
      remedy: expect.stringContaining(`or change ${name} in the configuration of the stage`),
    },
  ]);
  expect(ruleProblems(asked, UNRESTRICTED)).toEqual([]);
});

test('each rule has a case above', () => {
  expect(FORBIDDEN.map(([name]) => name)).toEqual(RULES.map(({ name }) => name));
});

test('all forbidden values are told at once', () => {
  const asked = Object.assign({}, ...FORBIDDEN.map(([, each]) => each)) as Asked;
  expect(() => refuseForbidden(asked, STAGE)).toThrow(DemandValidationError);
  expect(ruleProblems(asked, STAGE)).toHaveLength(RULES.length);
});

test('permitted values are no problem', () => {
  const asked: Asked = {
    reads: [...place('s3://own/x'), ...place('s3://reference/genomes/hg38')],
    writes: place('s3://own/results/x'),
    documents: [...place('s3://temp/plans/1'), ...place('s3://own/results/plan')],
    jobQueues: at('main'),
    images: at('ghcr.io/team/tool:1'),
    privileged: at(false),
    jobRoles: at('arn:aws:iam::111122223333:role/job'),
    memory: at('4096'),
    vcpus: at(4),
    gpus: at(0),
    durations: at(3600),
  };
  expect(ruleProblems(asked, STAGE)).toEqual([]);
});

test.each(['1e3', '0x1', ' 1', '1 ', '+1', '-1', '', 'NaN', 'Infinity', '١'])(
  'a maximum permits no amount that is not a plain number: %j',
  (amount) => {
    expect(ruleProblems({ memory: at(amount) }, STAGE)).toHaveLength(1);
    expect(ruleProblems({ memory: at(amount) }, UNRESTRICTED)).toEqual([]);
  },
);

test('a long list is cut in a message', () => {
  const many = { ...STAGE, read: Array.from({ length: 12 }, (_, index) => `s3://bucket-${index}`) };
  expect(ruleProblems({ reads: place('s3://evil/x') }, many)[0]?.message).toMatch(
    /s3:\/\/bucket-9 and 2 more$/,
  );
});

test('each rule is described once', () => {
  expect(describeRules(STAGE)).toEqual([
    'demands.read: s3://own, s3://reference/genomes',
    'demands.write: s3://own/results',
    'demands.remove: none',
    'demands.jobQueueArns: arn:aws:batch:us-west-2:111122223333:job-queue/main',
    'demands.images: ghcr.io/team/*',
    'demands.privileged: no privileged container',
    'jobRoleArns: arn:aws:iam::111122223333:role/job',
    'demands.maxMemoryMib: at most 4096 MiB of memory',
    'demands.maxVcpus: at most 4 vCPUs',
    'demands.maxGpus: at most 0 GPUs',
    'demands.maxAttemptDurationSeconds: at most 3600 seconds for an attempt of a job',
  ]);
  expect(describeRules({ ...UNRESTRICTED, buckets: ['*'], read: ['buckets/in'] }).slice(0, 2)).toEqual([
    "demands.read: the stage's buckets/in",
    'demands.write: any',
  ]);
});
