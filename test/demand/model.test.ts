import { demandExecutionSchema, writeDemandExecution } from '../../src/demand/model';
import { withoutEmpty } from '../../src/wire/json';
import { readModel, tryModel } from '../../src/wire/schema';
import { demandOf, type Fields } from './arbitraries';

const read = (demand: unknown) => readModel(demandExecutionSchema, demand);
const problemsOf = (demand: unknown) => tryModel(demandExecutionSchema, demand).problems;

const write = (demand: unknown) => writeDemandExecution(read(demand));

test('the smallest demand is written with its defaults and no other fields', () => {
  expect(write(demandOf())).toEqual({
    ...demandOf(),
    execution_parameters: {
      command: ['true'],
      params: {},
      inputs: [],
      outputs: [],
      outputs_metadata: {},
      verbosity: false,
    },
    execution_metadata: {},
  });
});

test("the user's keys keep their spelling", () => {
  const own = { someKey: 1, some_key: null, 'a.b': { innerKey: [] } };
  const written = write(
    demandOf(
      { params: own, outputsMetadata: own },
      {
        executionMetadata: {
          tags: { aTag: 'x', a_tag: 'y' },
          notifyOn: { FAILED: 'no' },
          notifyList: ['a@b'],
        },
      },
    ),
  );
  expect(written.execution_parameters).toMatchObject({ params: own, outputs_metadata: own });
  expect(written.execution_metadata).toEqual({
    tags: { aTag: 'x', a_tag: 'y' },
    notify_on: { FAILED: false },
    notify_list: ['a@b'],
  });
});

test.each([
  ['a text gives a tag for each of its pairs', { tag: 'a=1,b' }, { a: '1', b: 'b' }],
  ['a list gives the tags of its texts', { tag: ['a=1,b', 'c=d=e'] }, { a: '1', b: 'b', c: 'd=e' }],
  ['an object wins over a text', { tag: 'a=1, b ,=,', tags: { a: '2' } }, { a: '2', ' b ': ' b ', '': '' }],
  ['an object is kept', { tags: { a: '2' } }, { a: '2' }],
  ['no metadata give no tags', {}, undefined],
])('tags: %s', (_, metadata, tags) => {
  const written = write(demandOf({}, { execution_metadata: metadata }));
  expect(written.execution_metadata).toEqual(withoutEmpty({ tags }));
});

test('a demand may notify on no status', () => {
  expect(problemsOf(demandOf({}, { execution_metadata: { notify_on: {} } }))).toEqual([]);
});

test('a resource of 0 counts as absent', () => {
  const written = write(demandOf({}, { resource_requirements: { gpu: 0, memory: 1, vcpus: '0' } }));
  expect(written.resource_requirements).toEqual({ memory: 1 });
});

describe('a demand is refused:', () => {
  test.each<[string, Fields, string[]]>([
    ['a command that is no list', demandOf({ command: 'ls' }), ['/execution_parameters/command']],
    ['an empty command', demandOf({ command: [] }), ['/execution_parameters/command']],
    [
      'a word of the command that is no string',
      demandOf({ command: ['ls', 5] }),
      ['/execution_parameters/command/1'],
    ],
    [
      'a fraction as a resource',
      demandOf({}, { resource_requirements: { vcpus: 1.5 } }),
      ['/resource_requirements/vcpus'],
    ],
    [
      'a negative resource',
      demandOf({}, { resource_requirements: { gpu: '-1' } }),
      ['/resource_requirements/gpu'],
    ],
    [
      'a platform without AWS Batch',
      demandOf({}, { execution_platform: {} }),
      ['/execution_platform/aws_batch'],
    ],
    [
      'four mistakes in the metadata',
      demandOf(
        {},
        { execution_metadata: { arn: 'arn:aws:s3:::x', tag: 5, notify_on: { NEVER: 1 }, tags: { a: 1 } } },
      ),
      [
        '/execution_metadata/arn',
        '/execution_metadata/tags/a',
        '/execution_metadata/tag',
        '/execution_metadata/notify_on',
      ],
    ],
    [
      'an unknown status beside a known status',
      demandOf({}, { execution_metadata: { notify_on: { FAILED: true, NEVER: true } } }),
      ['/execution_metadata/notify_on'],
    ],
    [
      'a pair of parameters that names no string',
      demandOf({ param_pair_overrides: [{ input: 1 }] }),
      ['/execution_parameters/param_pair_overrides/0/input'],
    ],
  ])('%s', (_, demand, pointers) => {
    expect(problemsOf(demand).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  test('without its fields: each missing field has a message and a remedy', () => {
    expect(problemsOf({}).map(({ message, remedy }) => `${message}. ${remedy}`)).toEqual(
      ['execution_type', 'execution_id', 'execution_image', 'execution_parameters', 'execution_platform'].map(
        (name) => `${name} is missing. Add "${name}"`,
      ),
    );
  });

  test('with an unknown status: the message shows the known statuses', () => {
    const [problem] = problemsOf(demandOf({}, { execution_metadata: { notify_on: { DONE: true } } }));
    expect(problem?.message).toContain('COMPLETED');
    expect(problem?.message).toContain('{"DONE":true}');
  });
});
