import fc from 'fast-check';
import { DemandValidationError } from '../../src/errors';
import { UNRESTRICTED } from '../../src/rules/model';
import { type NormaliseWorld, normalise } from '../../src/steps/normalise';
import { toCamelCase } from '../../src/wire/names';
import { demandOf, type Fields, runs, soundDemand } from '../demand/arbitraries';
import { stepWorld } from './worlds';

/** The keys inside these fields are the user's own. They have one spelling. */
const USERS_OWN = new Set(['params', 'outputs_metadata', 'tags', 'notify_on']);

function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      toCamelCase(name),
      USERS_OWN.has(name) ? item : inCamelCase(item),
    ]),
  );
}

async function problemsOf(event: unknown, changes: Partial<NormaliseWorld> = {}) {
  const error = await normalise(event, { ...stepWorld(), ...changes }).catch((thrown: unknown) => thrown);
  if (error instanceof DemandValidationError) return error.problems;
  throw new Error('this was accepted', { cause: error });
}

const pointersOf = async (event: unknown) => (await problemsOf(event)).map(({ pointer }) => pointer);

describe('the normal form', () => {
  test('of a normalised request is the same request', async () => {
    const isStable = fc.asyncProperty(soundDemand, async (request) => {
      const once = await normalise(request, stepWorld());
      expect(await normalise(once, stepWorld())).toEqual(once);
      expect(await normalise(once.demand_execution, stepWorld())).toMatchObject({
        demand_execution: once.demand_execution,
        context_manager_configuration: {},
      });
    });
    await fc.assert(isStable, runs(300));
  });

  test('of camelCase is the normal form of snake_case', async () => {
    const isAlike = fc.asyncProperty(soundDemand, async (request) => {
      const { demand_execution } = await normalise(request, stepWorld());
      const camel = await normalise(inCamelCase(request), stepWorld());
      expect(camel.demand_execution).toEqual(demand_execution);
      expect(await normalise(camel, stepWorld())).toEqual(camel);
    });
    await fc.assert(isAlike, runs(300));
  });

  test('is the same after JSON', async () => {
    const survives = fc.asyncProperty(soundDemand, async (request) => {
      const once = await normalise(request, stepWorld());
      expect(JSON.parse(JSON.stringify(once))).toEqual(once);
    });
    await fc.assert(survives, runs(300));
  });
});

describe('a refusal names every mistake', () => {
  const MISTAKEN: Fields = demandOf(
    {
      params: {
        in: 's3://bucket/in @ ../up',
        out: 'out @ gs://bucket/out',
        twice: '${TWICE}',
        'execution.id': 'x',
      },
      inputs: ['in'],
      outputs: ['out', 'nowhere'],
      verbosity: 'perhaps',
    },
    { execution_id: 'a/b', execution_image: '' },
  );
  const POINTERS = [
    '/execution_image',
    '/execution_parameters/verbosity',
    '/execution_id',
    '/execution_parameters/outputs',
    '/execution_parameters/params/in',
    '/execution_parameters/params/out',
    '/execution_parameters/params/twice',
    '/execution_parameters/params/execution.id',
  ];

  test('of form and of meaning, in a demand', async () => {
    expect(await pointersOf(MISTAKEN)).toEqual(POINTERS);
  });

  test('of form and of meaning, in a request', async () => {
    const request = { demand_execution: MISTAKEN, context_manager_configuration: { privileged: 'perhaps' } };
    expect(await pointersOf(request)).toEqual([
      ...POINTERS.slice(0, 2).map((pointer) => `/demand_execution${pointer}`),
      '/context_manager_configuration/privileged',
      ...POINTERS.slice(2).map((pointer) => `/demand_execution${pointer}`),
    ]);
  });

  test('with the pointer, the message and the remedy of each', async () => {
    const problems = await problemsOf(MISTAKEN);
    const refused = normalise(MISTAKEN, stepWorld());
    for (const { pointer, message, remedy } of problems)
      await expect(refused).rejects.toThrow(`${pointer}: ${message}. ${remedy}`);
  });
});

test('memory and vcpus are required', async () => {
  expect(await problemsOf(demandOf({}, { resource_requirements: { memory: 0 } }))).toMatchObject([
    { pointer: '/resource_requirements/memory', remedy: 'Add "memory": 2048 (MiB)' },
    { pointer: '/resource_requirements/vcpus', remedy: 'Add "vcpus": 1' },
  ]);
});

test('an output inside another output is refused', async () => {
  const params = { one: 'out @ s3://bucket/1', two: 'out/two @ s3://bucket/2' };
  expect(await problemsOf(demandOf({ params, outputs: ['one', 'two'] }))).toMatchObject([
    { pointer: '/execution_parameters/params/two', message: expect.stringContaining('overlaps') },
  ]);
});

test('a missing input is refused with the other mistakes', async () => {
  const [store] = [stepWorld().stores.open()];
  const empty = { ...store, async *list() {} };
  const demand = demandOf({ params: { in: 's3://bucket/in', x: '${Y}' }, inputs: ['in'] });
  expect(await problemsOf(demand, { stores: { open: () => empty } })).toMatchObject([
    { pointer: '/execution_parameters/params/x' },
    { pointer: '/execution_parameters/params/in', message: 's3://bucket/in does not exist or is empty' },
  ]);
});

test.each([
  ['undefined', undefined],
  ['null', null],
  ['a number', 5],
  ['a text', 'demand'],
  ['a list', []],
  ['true', true],
])('%s is refused as a demand', async (_, event) => {
  expect(await pointersOf(event)).toEqual(['']);
});

test.each(['a b', 'tool:2', 'é'])(
  'the type %j is refused, because the name of a job definition cannot contain it',
  async (type) => {
    expect(await pointersOf(demandOf({}, { execution_type: type }))).toEqual(['/execution_type']);
    expect(await pointersOf({ demand_execution: demandOf({}, { execution_type: type }) })).toEqual([
      '/demand_execution/execution_type',
    ]);
  },
);

describe('a resumption', () => {
  const demand = demandOf({
    command: ['run'],
    params: { in: 's3://bucket/in @ in', out: 'out @ s3://bucket/out' },
    inputs: ['in'],
    outputs: ['out'],
  });
  const resumes = 'arn:aws:states:us-west-2:111122223333:execution:dev-demand-execution:run-1';
  const gone = { stores: { open: () => ({ ...stepWorld().stores.open(), async *list() {} }) } };

  test('keeps its field, and may have inputs that are gone', async () => {
    expect(await problemsOf(demand, gone)).not.toEqual([]);
    expect(await normalise({ ...demand, resumes }, { ...stepWorld(), ...gone })).toMatchObject({ resumes });
  });

  test('is held to the rules of the stage, and to the form of its field', async () => {
    const rules = { ...UNRESTRICTED, write: [] };
    const settings = { ...stepWorld().settings, rules };
    const problems = await problemsOf({ ...demand, resumes }, { settings });
    expect(problems.map(({ message }) => message).join()).toContain('demands.write');
    expect(await pointersOf({ ...demand, resumes: 'run-1' })).toEqual(['/resumes']);
  });
});
