import { readRequest, readRequestOrRefuse } from '../../src/context/request';
import { demandOf } from '../demand/arbitraries';

const pointersOf = (value: unknown) => readRequest(value).problems.map(({ pointer }) => pointer);

test('a demand alone is a request with all defaults', () => {
  const alone = readRequest(demandOf());
  const whole = readRequest({ demandExecution: demandOf() });
  expect(alone.request).toEqual(whole.request);
  expect([alone.demandPointer, whole.demandPointer]).toEqual(['', '/demand_execution']);
  expect(alone.request?.contextManagerConfiguration).toEqual({
    isolateInputs: true,
    cleanupInputs: true,
    cleanupWorkingDir: true,
    inputDataSyncConfiguration: { force: false, sizeOnly: true },
    outputDataSyncConfiguration: { force: false, sizeOnly: true },
    privileged: false,
  });
});

test('each mistake has its pointer into the given document', () => {
  const demand = demandOf({ command: 'ls' }, { execution_id: 5 });
  expect(pointersOf(demand)).toEqual(['/execution_id', '/execution_parameters/command']);
  expect(
    pointersOf({
      demand_execution: demand,
      file_system_configurations: { scratch: { container_path: 'x' } },
      context_manager_configuration: {
        env_file_write_mode: 'SOMETIMES',
        output_data_sync_configuration: { temporary_request_payload_path: '/x', force: 'x' },
      },
    }),
  ).toEqual([
    '/demand_execution/execution_id',
    '/demand_execution/execution_parameters/command',
    '/file_system_configurations/scratch/container_path',
    '/context_manager_configuration/env_file_write_mode',
    '/context_manager_configuration/output_data_sync_configuration/temporary_request_payload_path',
    '/context_manager_configuration/output_data_sync_configuration/force',
  ]);
});

describe('the valid part of a request with mistakes', () => {
  test('has all valid fields, and defaults for the others', () => {
    const parameters = {
      command: 5,
      params: { a: 1 },
      inputs: 'a',
      outputs: ['a'],
      outputS3Prefix: 's3://b',
    };
    const { request, layoutInput } = readRequest({
      demand_execution: demandOf(parameters),
      file_system_configurations: { scratch: 5 },
      context_manager_configuration: { isolate_inputs: false },
    });
    expect(request).toBeUndefined();
    expect(layoutInput).toMatchObject({
      executionId: 'run-1',
      parameters: { params: { a: 1 }, inputs: [], outputs: ['a'], outputS3Prefix: 's3://b' },
      configuration: { isolateInputs: false },
    });
  });

  test('has the image, the type and the resources', () => {
    const resource_requirements = { memory: 4, vcpus: 2 };
    const fields = { execution_image: 'tool', execution_type: 'align', resource_requirements };
    expect(readRequest(demandOf({ inputs: 'a' }, fields)).layoutInput).toMatchObject({
      executionImage: 'tool',
      executionType: 'align',
      resources: { memory: 4, vcpus: 2 },
    });
    const broken = { execution_image: 5, execution_type: 5, resource_requirements: { memory: 'x' } };
    const { layoutInput } = readRequest(demandOf({}, broken));
    for (const name of ['executionImage', 'executionType', 'resources'])
      expect(layoutInput).not.toHaveProperty(name);
  });

  test.each(['', 5])('has the id "unknown" for the id %j', (execution_id) => {
    expect(readRequest(demandOf({}, { execution_id })).layoutInput?.executionId).toBe('unknown');
  });

  test('has no lists of parameters when the parameters are invalid', () => {
    const lost = { params: 'x', inputs: ['a'], outputs: ['b'], paramPairOverrides: [{ input: 'a' }] };
    expect(readRequest(demandOf(lost)).layoutInput?.parameters).toMatchObject({
      params: {},
      inputs: [],
      outputs: [],
    });
    expect(readRequest(demandOf(lost)).layoutInput?.parameters).not.toHaveProperty('paramPairOverrides');
  });

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['a list', []],
    ['an empty object', {}],
    ['a demand without parameters', demandOf({}, { execution_parameters: null })],
  ])('does not exist for %s', (_, value) => {
    const { layoutInput, problems } = readRequest(value);
    expect(layoutInput).toBeUndefined();
    expect(problems).not.toHaveLength(0);
  });
});

test('a refusal has a line for every mistake', () => {
  expect(() =>
    readRequestOrRefuse({ demand_execution: demandOf({ command: [] }, { execution_image: '' }) }),
  ).toThrow(
    /^\/demand_execution\/execution_image: .*\n\/demand_execution\/execution_parameters\/command: expected a list with the words/,
  );
});
