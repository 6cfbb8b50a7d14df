import { prepareBatchArgs } from '../../src/steps/prepare-batch-args';
import { stepWorld } from './worlds';

const REQUEST = {
  image: 'docker.io/library/alpine:3',
  job_definition_name: 'name',
  job_queue_name: 'queue',
  resource_requirements: { memory: 512, vcpus: 1 },
};

test.each([
  ['by itself', REQUEST],
  ['under its name, as the state of the machine has it', { batch_create_request: REQUEST, other: 1 }],
])('a request is read %s', async (_, event) => {
  expect(await prepareBatchArgs(event, stepWorld())).toMatchObject({
    job_name: 'name-unique',
    job_definition_arn: 'new',
    job_queue_arn: 'queue',
  });
});

test.each([
  ['null', null],
  ['an empty object', {}],
  ['a request without an image', { ...REQUEST, image: '' }],
  ['a request that is null under its name', { batch_create_request: null }],
])('%s is refused', async (_, event) => {
  await expect(prepareBatchArgs(event, stepWorld())).rejects.toMatchObject({ name: 'DemandValidationError' });
});
