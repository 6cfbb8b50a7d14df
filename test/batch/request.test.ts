import { batchCreateRequestSchema } from '../../src/batch/request';
import { readModel, tryModel } from '../../src/wire/schema';

const MINIMAL = { image: 'tool', job_definition_name: 'name', job_queue_name: 'queue' };
const read = (fields: object) => readModel(batchCreateRequestSchema, { ...MINIMAL, ...fields });
const problemsOf = (fields: object) => tryModel(batchCreateRequestSchema, { ...MINIMAL, ...fields }).problems;

test('an absent field has its default, or stays absent', () => {
  expect(read({ job_name: null, retry_strategy: null })).toEqual({
    image: 'tool',
    jobDefinitionName: 'name',
    jobQueueName: 'queue',
    jobDefinitionTags: {},
    command: [],
    environment: {},
    resourceRequirements: [],
    mountPoints: [],
    volumes: [],
    privileged: false,
  });
});

test.each([
  ['no GPU, and memory as a text', { gpu: 0, memory: '512', vcpus: 2 }, ['MEMORY 512', 'VCPU 2']],
  ['a GPU only', { gpu: 1 }, ['GPU 1']],
  ['the form of AWS', [{ type: 'GPU', value: '1', more: 1 }], ['GPU 1']],
  ['an empty object', {}, []],
])('resources with %s', (_, resourceRequirements, expected) => {
  const { resourceRequirements: found } = read({ resourceRequirements });
  expect(found.map(({ type, value }) => `${type} ${value}`)).toEqual(expected);
});

test("AWS's own structures pass unchanged", () => {
  const shapes = {
    mount_points: [{ containerPath: '/a', some_thing: 1 }],
    volumes: [{ name: 'v', efsVolumeConfiguration: { x: null } }],
    retry_strategy: { attempts: 2, evaluateOnExit: [{ action: 'exit', onExitCode: '1' }], more: 1 },
  };
  expect(read(shapes)).toMatchObject({
    mountPoints: shapes.mount_points,
    volumes: shapes.volumes,
    retryStrategy: shapes.retry_strategy,
  });
});

test.each([
  ['an empty image', { image: '' }, '/image'],
  ['a name with a space', { job_definition_name: 'a b' }, '/job_definition_name'],
  ['a name that is too long', { job_name: 'x'.repeat(129) }, '/job_name'],
  ['a command that is a text', { command: 'run' }, '/command'],
  ['a variable that is a number', { environment: { 'a/b': 1 } }, '/environment/a~1b'],
  [
    'an unknown type of resource',
    { resource_requirements: [{ type: 'DISK', value: '1' }] },
    '/resource_requirements',
  ],
  ['a fraction of memory', { resource_requirements: { memory: 1.5 } }, '/resource_requirements'],
  ['a volume that is a text', { volumes: ['v'] }, '/volumes/0'],
  ['a number in the place of retries', { retry_strategy: 5 }, '/retry_strategy'],
  ['rules that are no list', { retry_strategy: { evaluateOnExit: {} } }, '/retry_strategy'],
  ['a rule without an action', { retry_strategy: { evaluateOnExit: [{}] } }, '/retry_strategy'],
  ['a rule that is null', { retry_strategy: { evaluateOnExit: [null] } }, '/retry_strategy'],
  ['an unclear flag', { privileged: 'perhaps' }, '/privileged'],
])('%s is refused', (_, fields, pointer) => {
  expect(problemsOf(fields).map((problem) => problem.pointer)).toEqual([pointer]);
});
