import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { readConfig } from '../../deployment/config';
import { demandsOf, knownRulesOf } from '../../deployment/demands';
import { MOST_JOB_SECONDS } from '../../src/batch/retries/settings';
import { readRules, UNRESTRICTED } from '../../src/rules/model';
import { permitsPlace } from '../../src/rules/places';
import { parseLocation } from '../../src/transfer/location';
import { withoutEmpty } from '../../src/wire/json';
import { runs } from '../demand/arbitraries';

const given = (file: string) => parse(readFileSync(join('config', file), 'utf8'));
const BROUGHT = given('default.yml');
const { demands: _, ...CREATED } = given('local.yml');
const configOf = (config: object, demands?: object) =>
  readConfig({ ...config, ...withoutEmpty({ demands }) }, 'config/x.yml');
const mistakesOf = (demands: object) => {
  try {
    configOf(BROUGHT, demands);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n  ').slice(1);
  }
};
const BUCKET = 'arn:aws:s3:::example-demand-data';
const QUEUE = 'arn:aws:batch:us-west-2:111122223333:job-queue/example-demand';

test('the default is the safe one', () => {
  expect(configOf(BROUGHT).demands).toEqual({
    read: ['buckets'],
    write: ['buckets'],
    remove: [],
    jobQueueArns: [],
    images: ['*'],
    privileged: false,
    maxAttemptDurationSeconds: 604_800,
  });
});

test('by default the roles read and write the buckets of the stage, remove nothing, and use one queue', () => {
  expect(demandsOf(configOf(BROUGHT))).toMatchObject({
    bucketArns: [BUCKET],
    readArns: [`${BUCKET}/*`],
    writeArns: [`${BUCKET}/*`],
    removeArns: [],
    writeBuckets: ['example-demand-data'],
    writeBucketArns: [BUCKET],
    openArns: [`${BUCKET}/*`],
    markArns: [],
    jobQueueArns: [QUEUE],
    privileged: ['false'],
    images: ['*'],
  });
  expect(demandsOf(configOf(BROUGHT, { write: ['*', 's3://other/x'] })).writeBuckets).toEqual(['other']);
});

test('the resources of the stack itself are references', () => {
  const { rules, readArns, jobQueueArns } = demandsOf(configOf({ ...CREATED, buckets: { create: {} } }));
  expect(readArns).toEqual([{ 'Fn::Sub': 'arn:aws:s3:::${DataBucket}/*' }]);
  expect(jobQueueArns).toEqual([{ 'Fn::Sub': '${JobQueue}' }]);
  const { 'Fn::Sub': text } = rules as unknown as { 'Fn::Sub': string };
  expect(readRules(text)).toMatchObject({
    buckets: ['${DataBucket}'],
    read: ['buckets'],
    jobQueues: ['${JobQueue}'],
    jobRoles: ['${JobRole.Arn}'],
    registry: '${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com',
    documents: '${TempBucket}',
  });
});

test.each([
  ['buckets', [BUCKET], [`${BUCKET}/*`]],
  ['buckets/in', [BUCKET], [`${BUCKET}/in`, `${BUCKET}/in/*`]],
  ['s3://other', ['arn:aws:s3:::other'], ['arn:aws:s3:::other/*']],
  ['s3://other/run1/', ['arn:aws:s3:::other'], ['arn:aws:s3:::other/run1', 'arn:aws:s3:::other/run1/*']],
  ['s3://other/run1*', ['arn:aws:s3:::other'], ['arn:aws:s3:::other/run1*']],
  ['*', ['arn:aws:s3:::*'], ['arn:aws:s3:::*/*']],
])('the resources of the place %s', (place, bucketArns, readArns) => {
  expect(demandsOf(configOf(BROUGHT, { read: [place], write: [] }))).toMatchObject({
    bucketArns,
    readArns,
    writeArns: [],
  });
});

test('IAM and the rules of the functions permit the same objects', () => {
  const name = fc.constantFrom('run1', 'run10', 'run', 'a', '', 'é', 'run1.x');
  const key = fc.array(name, { maxLength: 3 }).map((names) => names.join('/'));
  const bucket = fc.constantFrom('example-demand-data', 'other', 'other-2', 'example-demand-data.evil');
  const placeKey = fc.constantFrom('', '/', '/run1', '/run1/', '/run1*', '/run1/*', '/run1/a', '/run*');
  const place = fc.oneof(
    fc.constantFrom('buckets', 'buckets/run1', 'buckets/run1*'),
    fc
      .tuple(fc.constantFrom('s3://other', 's3://example-demand-data'), placeKey)
      .map((parts) => parts.join('')),
  );
  const isLike = (arn: string, pattern: string) =>
    pattern.endsWith('*') ? arn.startsWith(pattern.slice(0, -1)) : arn === pattern;
  fc.assert(
    fc.property(fc.array(place, { maxLength: 3 }), bucket, key, (read, inBucket, given) => {
      if (given === '') return;
      const config = configOf(BROUGHT, { read });
      const { readArns } = demandsOf(config);
      const location = parseLocation(`s3://${inBucket}/${given}`);
      const arn = `arn:aws:s3:::${inBucket}/${given}`;
      expect(readArns.some((pattern) => isLike(arn, String(pattern)))).toBe(
        permitsPlace(read, location, { buckets: config.buckets.names }),
      );
    }),
    runs(1_000),
  );
});

test('a move writes its mark only where it may remove', () => {
  expect(demandsOf(configOf(BROUGHT, { remove: ['buckets/moved', 'buckets/x*'] })).markArns).toEqual([
    `${BUCKET}/moved/*.moved.partial`,
    `${BUCKET}/x*.moved.partial`,
  ]);
});

test('further queues are beside the queue of the stage', () => {
  const more = `${QUEUE}-2`;
  const { jobQueueArns, rules } = demandsOf(configOf(BROUGHT, { jobQueueArns: [more], privileged: true }));
  expect(jobQueueArns).toEqual([QUEUE, more]);
  expect(JSON.stringify(rules)).toContain(more);
  expect(demandsOf(configOf(BROUGHT, { jobQueueArns: ['*'] })).jobQueueArns).toEqual([
    { 'Fn::Sub': 'arn:aws:batch:${AWS::Region}:${AWS::AccountId}:job-queue/*' },
  ]);
});

test('only a stage that permits privileged containers may register them', () => {
  expect(demandsOf(configOf(BROUGHT, { privileged: true })).privileged).toEqual(['true', 'false']);
});

test('a stage can restrict nothing', () => {
  const any = ['*'];
  const free = { read: any, write: any, remove: any, jobQueueArns: any, images: any, privileged: true };
  const { jobRoles, buckets, jobQueues, maxAttemptDurationSeconds, ...rest } = knownRulesOf(
    configOf(CREATED, { ...free, maxAttemptDurationSeconds: MOST_JOB_SECONDS }),
    'x-demand',
  );
  const { jobRoles: __, buckets: ___, jobQueues: ____, ...unrestricted } = UNRESTRICTED;
  expect(rest).toEqual(unrestricted);
  expect(jobQueues).toContain('*');
});

test('the command line knows what the configuration tells, and leaves the rest to the stage', () => {
  expect(knownRulesOf(configOf(BROUGHT), 'x-demand')).toMatchObject({
    buckets: ['example-demand-data'],
    jobQueues: [QUEUE],
    jobRoles: ['arn:aws:iam::111122223333:role/example-demand-job'],
  });
  const unnamed = configOf({ ...CREATED, buckets: { create: {} }, jobQueue: { create: {} } });
  expect(knownRulesOf(unnamed, 'x-demand')).toMatchObject({
    buckets: ['*'],
    jobQueues: ['x-demand'],
    jobRoles: ['*'],
  });
});

test('the error names every mistake of the section', () => {
  expect(
    mistakesOf({
      read: ['bucket', 's3://a-bucket/x*y', 's3://${aws:username}'],
      remove: 'buckets',
      jobQueueArns: ['name'],
      images: ['ghcr.io'],
      maxVcpus: 0,
      maxMemory: 1,
    }),
  ).toEqual([
    expect.stringMatching(/^\/demands\/read\/0: expected \*, s3:\/\/bucket, .*, got "bucket"$/),
    expect.stringMatching(/^\/demands\/read\/1: .*, got "s3:\/\/a-bucket\/x\*y"$/),
    expect.stringMatching(/^\/demands\/read\/2: /),
    '/demands/remove: expected a list, got "buckets"',
    '/demands/jobQueueArns/0: expected the ARN of a job queue, got "name"',
    expect.stringMatching(/^\/demands\/images\/0: expected \*, an image .*, got "ghcr.io"$/),
    '/demands/maxVcpus: expected a whole number of 1 to 1000000000, got 0',
    expect.stringMatching(/^\/demands\/maxMemory: is not known; expected one of read, write, remove/),
  ]);
});
