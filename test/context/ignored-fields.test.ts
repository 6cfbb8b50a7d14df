import { ignoredFields } from '../../src/context/ignored-fields';
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

test('$schema is not ignored: editors read it', () => {
  expect(ignoredFields(demandOf({}, { $schema: 'demand-execution.schema.json' }))).toEqual([]);
});
