import { batchCreateRequestSchema } from '../../src/batch/request';
import { askedOfJob } from '../../src/rules/asked';
import { ruleProblems } from '../../src/rules/rules';
import { readModel } from '../../src/wire/schema';
import { STAGE } from './stage';

test.each([
  [
    'a list',
    [
      { type: 'MEMORY', value: '9999' },
      { type: 'VCPU', value: '99' },
      { type: 'GPU', value: '9' },
    ],
    ['/resource_requirements/0', '/resource_requirements/1', '/resource_requirements/2'],
  ],
  [
    'an object',
    { memory: 9999, vcpus: '99', gpu: 9 },
    ['/resource_requirements/2', '/resource_requirements/1', '/resource_requirements/0'],
  ],
  [
    'a list that names a resource twice',
    [
      { type: 'MEMORY', value: '1' },
      { type: 'MEMORY', value: '9999' },
    ],
    ['/resource_requirements/1'],
  ],
])('the resources of a batch create request: %s', (_, resource_requirements, pointers) => {
  const request = readModel(batchCreateRequestSchema, {
    image: 'ghcr.io/team/tool',
    job_definition_name: 'x',
    job_queue_name: 'main',
    resource_requirements,
  });
  expect(ruleProblems(askedOfJob(request), STAGE).map(({ pointer }) => pointer)).toEqual(
    expect.arrayContaining(pointers),
  );
  expect(ruleProblems(askedOfJob(request), STAGE)).toHaveLength(pointers.length);
});

test('the ceiling of the memory of retries, and the time-out, are asked for, too', () => {
  const request = readModel(batchCreateRequestSchema, {
    image: 'ghcr.io/team/tool',
    job_definition_name: 'x',
    job_queue_name: 'main',
    retry: { memory_factor: 2, max_memory: 8192 },
    timeout: { attempt_duration_seconds: 86_400 },
  });
  expect(ruleProblems(askedOfJob(request), STAGE).map(({ pointer }) => pointer)).toEqual([
    '/retry/max_memory',
    '/timeout/attempt_duration_seconds',
  ]);
});
