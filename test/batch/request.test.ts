import { batchCreateRequestSchema } from '../../src/batch/request';
import { readModel, tryModel } from '../../src/wire/schema';

const MINIMAL = { image: 'tool', job_definition_name: 'name', job_queue_name: 'queue' };
const read = (fields: object) => readModel(batchCreateRequestSchema, { ...MINIMAL, ...fields });
const problemsOf = (fields: object) => tryModel(batchCreateRequestSchema, { ...MINIMAL, ...fields }).problems;

test('a field that is not given has its default, or is absent', () => {
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
  [{ gpu: 0, memory: '512', vcpus: 2 }, ['MEMORY 512', 'VCPU 2']],
  [{ gpu: 1 }, ['GPU 1']],
  [[{ type: 'GPU', value: '1', more: 1 }], ['GPU 1']],
  [{}, []],
])('resources as %j', (resourceRequirements, expected) => {
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
  [{ image: '' }, '/image'],
  [{ job_definition_name: 'a b' }, '/job_definition_name'],
  [{ job_name: 'x'.repeat(129) }, '/job_name'],
  [{ command: 'run' }, '/command'],
  [{ environment: { 'a/b': 1 } }, '/environment/a~1b'],
  [{ resource_requirements: [{ type: 'DISK', value: '1' }] }, '/resource_requirements'],
  [{ resource_requirements: { memory: 1.5 } }, '/resource_requirements'],
  [{ volumes: ['v'] }, '/volumes/0'],
  [{ retry_strategy: 5 }, '/retry_strategy'],
  [{ retry_strategy: { evaluateOnExit: {} } }, '/retry_strategy'],
  [{ retry_strategy: { evaluateOnExit: [{}] } }, '/retry_strategy'],
  [{ retry_strategy: { evaluateOnExit: [null] } }, '/retry_strategy'],
  [{ privileged: 'perhaps' }, '/privileged'],
])('%j is refused', (fields, pointer) => {
  expect(problemsOf(fields).map((problem) => problem.pointer)).toEqual([pointer]);
});
