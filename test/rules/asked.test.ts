import { batchCreateRequestSchema } from '../../src/batch/request';
import { askedOfJob, askedOfTransfer } from '../../src/rules/asked';
import { formatLocation } from '../../src/transfer/location';
import { readDataSyncRequest } from '../../src/transfer/request';
import { readModel } from '../../src/wire/schema';

const [FROM, TO] = ['s3://source/a', 's3://target/b'];
const transfer = (more: object) =>
  readDataSyncRequest({ source_path: FROM, destination_path: TO, retain_source_data: true, ...more });
const job = (more: object) =>
  askedOfJob(
    readModel(batchCreateRequestSchema, {
      image: 'image',
      job_definition_name: 'job',
      job_queue_name: 'queue',
      ...more,
    }),
  );

test('a transfer asks to read its source and to write its destination, at their pointers', () => {
  const { reads, writes } = askedOfTransfer(transfer({}), ['requests', 2]);
  expect(reads.map(({ pointer, value }) => [pointer, formatLocation(value)])).toEqual([
    ['/requests/2/source_path', FROM],
  ]);
  expect(writes.map(({ pointer, value }) => [pointer, formatLocation(value)])).toEqual([
    ['/requests/2/destination_path', TO],
  ]);
});

test.each([
  [{ retain_source_data: true, delete: false }, []],
  [{ retain_source_data: false, delete: false }, [['/retain_source_data', FROM]]],
  [{ retain_source_data: true, delete: true }, [['/delete', TO]]],
  [
    { retain_source_data: false, delete: true },
    [
      ['/retain_source_data', FROM],
      ['/delete', TO],
    ],
  ],
])('a transfer with %j asks for the removals %j', (given, expected) => {
  const { removals } = askedOfTransfer(transfer(given));
  expect(removals.map(({ pointer, value }) => [pointer, formatLocation(value)])).toEqual(expected);
});

test('a job asks for its queue, its image and its rights, also without any other field', () => {
  expect(job({})).toEqual({
    jobQueues: [{ pointer: '/job_queue_name', value: 'queue' }],
    images: [{ pointer: '/image', value: 'image' }],
    jobRoles: [],
    privileged: [{ pointer: '/privileged', value: false }],
    memory: [],
    vcpus: [],
    gpus: [],
    durations: [],
  });
});

test('a job asks for its role, its resources, and the memory and the time of its retries', () => {
  const asked = job({
    job_role_arn: 'role',
    privileged: true,
    resource_requirements: [
      { type: 'VCPU', value: '2' },
      { type: 'MEMORY', value: '512' },
      { type: 'GPU', value: '1' },
    ],
    retry: { max_memory: 4096 },
    timeout: { attempt_duration_seconds: 60 },
  });
  expect(asked).toMatchObject({
    jobRoles: [{ pointer: '/job_role_arn', value: 'role' }],
    privileged: [{ pointer: '/privileged', value: true }],
    memory: [
      { pointer: '/resource_requirements/1', value: '512' },
      { pointer: '/retry/max_memory', value: 4096 },
    ],
    vcpus: [{ pointer: '/resource_requirements/0', value: '2' }],
    gpus: [{ pointer: '/resource_requirements/2', value: '1' }],
    durations: [{ pointer: '/timeout/attempt_duration_seconds', value: 60 }],
  });
});
