import type { BatchWorld } from '../../src/batch/prepare';
import { prepareBatchArgs } from '../../src/steps/prepare-batch-args';
import type { Fields } from '../demand/arbitraries';
import { stepWorld } from './worlds';

const REQUEST = {
  image: 'docker.io/library/alpine:3',
  job_definition_name: 'name',
  job_queue_name: 'queue',
  environment: { B: '2', A: '1', ENV_BASE: 'theirs' },
  resource_requirements: { memory: 512, vcpus: 1 },
};

/** What was registered, and by whom the world was asked. */
function recording(changes: Partial<BatchWorld> = {}) {
  const registered: unknown[] = [];
  const world: BatchWorld = {
    ...stepWorld(),
    jobDefinitions: {
      active: async () => [],
      register: async (definition) => {
        registered.push(definition);
        return 'new';
      },
      deregister: async () => undefined,
    },
    ...changes,
  };
  return { registered, prepare: (fields: Fields = {}) => prepareBatchArgs({ ...REQUEST, ...fields }, world) };
}

test("a definition holds nothing of one demand's values; the job has them by name, the account's last", async () => {
  const { registered, prepare } = recording();
  const { container_overrides, job_name } = await prepare();
  expect(job_name).toBe('name-unique');
  expect(container_overrides.Environment).toEqual([
    { Name: 'A', Value: '1' },
    { Name: 'AWS_REGION', Value: 'us-west-2' },
    { Name: 'B', Value: '2' },
    { Name: 'ENV_BASE', Value: 'dev' },
  ]);
  expect(registered).toMatchObject([
    {
      containerProperties: {
        environment: [
          { name: 'AWS_REGION', value: 'us-west-2' },
          { name: 'ENV_BASE', value: 'dev' },
        ],
      },
    },
  ]);
});

test.each<[string, Fields, Partial<BatchWorld>, string, string]>([
  ['resources', { resource_requirements: { gpu: 1 } }, {}, 'DemandValidationError', 'MEMORY is missing'],
  ['an image', { image: 'nope' }, {}, 'ImageNotFound', '"nope" is not an image reference'],
  [
    'a queue',
    {},
    { jobQueues: { isEnabled: async () => undefined } },
    'JobQueueNotFound',
    '"queue" does not exist',
  ],
  [
    'an enabled queue',
    {},
    { jobQueues: { isEnabled: async () => false } },
    'JobQueueNotFound',
    '"queue" is disabled',
  ],
])('without %s it is refused, and nothing is registered', async (_, fields, changes, name, message) => {
  const { registered, prepare } = recording(changes);
  const refused = prepare(fields);
  await expect(refused).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  expect(registered).toEqual([]);
});

test('both resources are asked for at once', async () => {
  await expect(recording().prepare({ resource_requirements: [] })).rejects.toMatchObject({
    problems: [
      { pointer: '/resource_requirements', remedy: 'Add {"type": "MEMORY", "value": "2048"}' },
      { pointer: '/resource_requirements', remedy: 'Add {"type": "VCPU", "value": "1"}' },
    ],
  });
});
