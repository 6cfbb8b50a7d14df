import { askedOfDemand } from '../../src/context/asked';
import { examineRequest } from '../../src/context/examine';
import { textOf } from '../../src/transfer/location';
import { demandOf } from '../demand/arbitraries';
import { SETTINGS } from './worlds';

const DEMAND = demandOf(
  { params: { a: 's3://bucket/a', b: 'b @ s3://bucket/b' }, inputs: ['a'], outputs: ['b'] },
  {
    execution_image: 'tool',
    execution_platform: {
      aws_batch: { job_queue_name: 'main', job_role: 'role', retry: { memory_factor: 2, max_memory: 8 } },
    },
    resource_requirements: { memory: 4, vcpus: 2 },
  },
);

function askedOf(document: unknown) {
  const { layoutInput, layout, demandPointer } = examineRequest(document, SETTINGS);
  if (layoutInput === undefined || layout === undefined) throw new Error('the demand could not be read');
  return askedOfDemand(layoutInput, layout, demandPointer);
}

test('a demand asks for places, a queue, an image, a role and amounts, each with its pointer', () => {
  const { reads = [], writes = [], ...asked } = askedOf(DEMAND);
  expect(reads.map(({ pointer, value }) => `${pointer} ${textOf(value)}`)).toEqual([
    '/execution_parameters/params/a s3://bucket/a',
  ]);
  expect(writes.map(({ pointer, value }) => `${pointer} ${textOf(value)}`)).toEqual([
    '/execution_parameters/params/b s3://bucket/b',
  ]);
  const batch = '/execution_platform/aws_batch';
  expect(asked).toEqual({
    jobQueues: [{ pointer: `${batch}/job_queue_name`, value: 'main' }],
    images: [{ pointer: '/execution_image', value: 'tool' }],
    jobRoles: [{ pointer: `${batch}/job_role`, value: 'role' }],
    privileged: [{ pointer: '/context_manager_configuration/privileged', value: false }],
    memory: [
      { pointer: '/resource_requirements/memory', value: 4 },
      { pointer: `${batch}/retry/max_memory`, value: 8 },
    ],
    vcpus: [{ pointer: '/resource_requirements/vcpus', value: 2 }],
    gpus: [],
    durations: [],
  });
});

test('a demand asks to write where it wants the plans of its transfers', () => {
  const { writes = [] } = askedOf({
    demand_execution: demandOf({}),
    context_manager_configuration: {
      input_data_sync_configuration: { temporary_request_payload_path: 's3://bucket/in' },
      output_data_sync_configuration: { temporary_request_payload_path: 's3://bucket/out' },
    },
  });
  expect(writes.map(({ pointer, value }) => `${pointer} ${textOf(value)}`)).toEqual(
    ['in', 'out'].map(
      (name) =>
        `/context_manager_configuration/${name}put_data_sync_configuration/temporary_request_payload_path s3://bucket/${name}`,
    ),
  );
});

test('the pointers into a scaffolding request lead to its demand', () => {
  expect(askedOf({ demand_execution: DEMAND }).images?.[0]?.pointer).toBe(
    '/demand_execution/execution_image',
  );
});

test('the valid fields of a job with a mistake are asked for, too', () => {
  const broken = { ...DEMAND, execution_platform: { aws_batch: { jobQueueName: 'main', job_role: 7 } } };
  expect(askedOf(broken)).toMatchObject({ jobQueues: [{ value: 'main' }], jobRoles: [] });
});
