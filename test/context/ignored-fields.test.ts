import { ignoredFields, misspeltFields } from '../../src/context/ignored-fields';
import { demandOf } from '../demand/arbitraries';

test('known fields are not ignored, in both spellings', () => {
  const metadata = { notify_on: { anything: 1 }, notifyList: [], tags: { x: 1 } };
  expect(
    ignoredFields(
      demandOf({ outputS3Prefix: 's3://b', params: { any: 1 } }, { executionMetadata: metadata }),
    ),
  ).toEqual([]);
});

test('of a field in both spellings the reader takes the one in camelCase', () => {
  const demand = demandOf({
    outputS3Prefix: 's3://b',
    output_s3_prefix: 's3://c',
    params: { my_x: 1, myX: 2 },
  });
  expect(ignoredFields(demand)).toEqual(['/execution_parameters/output_s3_prefix']);
});

test('a misspelt field has its pointer, in the spelling of the document', () => {
  const demand = demandOf(
    { param: {}, 'in/put': [] },
    { executionPlatform: { awsBatch: { queue: 'q' } }, constructor: 1 },
  );
  expect(ignoredFields(demand)).toEqual([
    '/execution_parameters/param',
    '/execution_parameters/in~1put',
    '/execution_platform',
    '/executionPlatform/awsBatch/queue',
    '/constructor',
  ]);
});

test.each([
  ['null', null],
  ['a number', 5],
  ['a list', []],
  ['a text', 'demand'],
])('%s has no fields', (_, demand) => {
  expect(ignoredFields(demand)).toEqual([]);
  expect(ignoredFields({ execution_parameters: demand })).toEqual([]);
});

test('the fields of all parts of a scaffolding request are checked', () => {
  const request = {
    demand_execution: demandOf({}, { user: 'ada' }),
    fileSystemConfigurations: { scratch: [{ file_system: 'a', accesspoint: 'b' }], tmp: { container: 1 } },
    context_manager_configuration: { isolate_input: true },
    settings: {},
  };
  expect(ignoredFields(request)).toEqual([
    '/demand_execution/user',
    '/fileSystemConfigurations/scratch/0/accesspoint',
    '/fileSystemConfigurations/tmp/container',
    '/context_manager_configuration/isolate_input',
    '/settings',
  ]);
});

describe('a misspelt field', () => {
  const told = (document: unknown) =>
    misspeltFields(document).map(({ pointer, remedy }) => `${pointer}: ${remedy}`);

  test('is told with the field that its author may mean, at each depth and in both spellings', () => {
    const demand = demandOf(
      { output: ['b'], comand: ['x'], outputS3Prefx: 's3://b' },
      { resource_requirements: { memory: 1, vcpu: 2 }, executionMetdata: {}, execution_tpye: 'x' },
    );
    expect(told(demand)).toEqual([
      '/execution_parameters/output: Did you mean "outputs"?',
      '/execution_parameters/comand: Did you mean "command"?',
      '/execution_parameters/outputS3Prefx: Did you mean "outputS3Prefix"?',
      '/resource_requirements/vcpu: Did you mean "vcpus"?',
      '/executionMetdata: Did you mean "executionMetadata"?',
      '/execution_tpye: Did you mean "execution_type"?',
    ]);
    expect(
      told({
        demand_execution: demandOf({}),
        contextManagerConfiguration: { isolateInput: true },
        file_system_configurations: { scrach: {} },
      }),
    ).toEqual([
      '/contextManagerConfiguration/isolateInput: Did you mean "isolateInputs"?',
      '/file_system_configurations/scrach: Did you mean "scratch"?',
    ]);
  });

  test('of a filter of an input or output is told, also beside other objects', () => {
    const demand = demandOf({
      params: {
        'a.b': { local: 'a', remote: 's3://b/a', exlude: 'x', note: 1 },
        out: { local: 'o', remote: 's3://b/o', includ: 'x' },
        free: { exlude: 1 },
      },
      inputs: ['A_B'],
      outputs: ['out'],
    });
    expect(told(demand)).toEqual([
      '/execution_parameters/params/a.b/exlude: Did you mean "exclude"?',
      '/execution_parameters/params/out/includ: Did you mean "include"?',
    ]);
    expect(ignoredFields(demand)).toContain('/execution_parameters/params/a.b/note');
    expect(told({ demandExecution: demand })).toContain(
      '/demandExecution/execution_parameters/params/a.b/exlude: Did you mean "exclude"?',
    );
  });

  test('may be one of two spellings', () => {
    expect(told(demandOf({ outputS3Prefix: 's3://b', output_s3_prefix: 's3://c' }))).toEqual([
      '/execution_parameters/output_s3_prefix: Remove one of both',
    ]);
  });

  test('is no name that is far from all fields, and their number has a limit', () => {
    expect(told(demandOf({ note: 1 }, { project: 'x', description: '', owner: 'me' }))).toEqual([]);
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`gpu${index % 10}${'_'.repeat(index)}`, 1]),
    );
    expect(told(demandOf({}, { resource_requirements: many })).length).toBeLessThanOrEqual(100);
  });
});

test('$schema and resumes are not ignored: editors and the state machine read them', () => {
  const fields = { $schema: 'demand-execution.schema.json', resumes: 'arn:one' };
  expect(ignoredFields(demandOf({}, fields))).toEqual([]);
  expect(ignoredFields({ demand_execution: demandOf({}, fields), ...fields })).toEqual([
    '/demand_execution/$schema',
    '/demand_execution/resumes',
  ]);
});
