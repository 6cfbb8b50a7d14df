import type { DemandExecution, PrepareDemandScaffoldingRequest } from 'demand-executions';
import { readRequest } from '../../src/context/request';

/** `npm run types` checks the types here. The tests check that the service accepts the same values. */
const demand: DemandExecution = {
  execution_type: 'tool',
  execution_id: 'one',
  execution_image: 'image',
  execution_parameters: {
    command: ['tool', '${IN}'],
    params: { in: 's3://bucket/in @ in', threads: 8 },
    inputs: ['in'],
  },
  execution_platform: { aws_batch: { job_queue_name: 'queue' } },
  resource_requirements: { memory: '2048', vcpus: 1 },
};

const request: PrepareDemandScaffoldingRequest = {
  demand_execution: demand,
  file_system_configurations: { scratch: [{ file_system: 'a' }, { file_system: 'b' }], tmp: null },
  context_manager_configuration: { env_file_write_mode: 'IF_REQUIRED' },
};

// @ts-expect-error a demand names its image
const withoutImage: DemandExecution = { ...demand, execution_image: undefined };
const withString: DemandExecution = {
  ...demand,
  // @ts-expect-error a command is a list
  execution_parameters: { command: 'tool' },
};

test.each([demand, request])('the service accepts a value that the types allow', (document) => {
  expect(readRequest(document).problems).toEqual([]);
});

test.each([withoutImage, withString])('the service refuses a value that the types refuse', (document) => {
  expect(readRequest(document).problems).not.toEqual([]);
});
