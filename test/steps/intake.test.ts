import Ajv from 'ajv';
import fc from 'fast-check';
import statusSchema from '../../schemas/generated/demand-status-event.schema.json';
import { type IntakeWorld, intake } from '../../src/steps/intake';
import { normalise } from '../../src/steps/normalise';
import { demandOf, type Fields, mutated, runs, soundDemand } from '../demand/arbitraries';
import { arnOf, MemoryBus, MemoryExecutions } from '../events/worlds';
import { stepWorld } from './worlds';

const isStatusEvent = new Ajv({ strict: true, strictTypes: false }).compile(statusSchema);

const ID = '11112222-3333-4444-5555-666677778888';
const eventOf = (detail: unknown, id = ID) => ({ id, time: '2026-01-02T03:04:05Z', source: 'any', detail });

function intakeWorld<T extends Partial<IntakeWorld>>(changes: T = {} as T) {
  return { ...stepWorld(), executions: new MemoryExecutions(), bus: new MemoryBus(), ...changes };
}

describe('a good demand', () => {
  test('starts an execution with the name and the input of the demand', async () => {
    const world = intakeWorld();
    const answer = await intake(eventOf(demandOf()), world);
    expect(answer).toEqual({ status: 'STARTED', execution_arn: arnOf('run-1') });
    expect(JSON.parse(world.executions.kept.get(arnOf('run-1'))?.input ?? '')).toEqual(demandOf());
    expect(world.bus.told).toEqual([]);
  });

  test('that arrives twice runs once, also after its end', async () => {
    const world = intakeWorld();
    const first = await intake(eventOf(demandOf()), world);
    expect(await intake(eventOf(demandOf()), world)).toEqual(first);
    world.executions.kept.get(arnOf('run-1'))!.status = 'SUCCEEDED';
    expect(await intake(eventOf(demandOf()), world)).toEqual(first);
    expect(world.executions.kept.size).toBe(1);
    expect(world.bus.told).toEqual([]);
  });

  test('is the same demand in camelCase and another order', async () => {
    const world = intakeWorld();
    const { execution_id, execution_type, ...rest } = demandOf() as Record<string, unknown>;
    await intake(eventOf(demandOf()), world);
    const again = { executionType: execution_type, ...rest, executionId: execution_id };
    expect(await intake(eventOf({ demandExecution: again }, 'other'), world)).toMatchObject({
      status: 'STARTED',
    });
    expect(world.executions.kept.size).toBe(1);
  });

  test('without an id gets the id of its event, so a second delivery starts no execution', async () => {
    const world = intakeWorld();
    for (const execution_id of [undefined, null])
      for (const wrap of [(demand: Fields) => demand, (demand: Fields) => ({ demand_execution: demand })])
        expect(await intake(eventOf(wrap(demandOf({}, { execution_id }))), world)).toMatchObject({
          execution_arn: arnOf(ID),
        });
    expect(world.executions.kept.size).toBe(1);
    expect(await intake(eventOf(demandOf({}, { execution_id: null }), 'other'), world)).toMatchObject({
      execution_arn: arnOf('other'),
    });
  });

  test('runs again as another attempt', async () => {
    const world = intakeWorld();
    await intake(eventOf(demandOf()), world);
    const again = await intake(eventOf({ ...demandOf(), attempt: 2 }), world);
    expect(again).toEqual({ status: 'STARTED', execution_arn: arnOf('run-1--2') });
    expect(world.executions.kept.get(arnOf('run-1--2'))?.input).not.toContain('attempt');
  });
});

describe('a refusal is an event and no error', () => {
  const refused = async (detail: unknown, world = intakeWorld()) => {
    expect(await intake(eventOf(detail), world)).toEqual({ status: 'REFUSED' });
    const event = world.bus.told.at(-1)!;
    expect(isStatusEvent(event) ? [] : isStatusEvent.errors).toEqual([]);
    return event;
  };

  test('a demand with mistakes: the event has every problem that Normalise reports', async () => {
    const bad = demandOf({ command: [], inputs: ['nobody'] }, { execution_image: 5, attempt: 0 });
    const event = await refused(bad);
    const { problems } = await normalise(bad, stepWorld()).catch((error) => error);
    expect(event.problems).toEqual([...problems, expect.objectContaining({ pointer: '/attempt' })]);
    expect(event).toMatchObject({
      version: 1,
      id: `${ID}/REFUSED`,
      status: 'REFUSED',
      request_event_id: ID,
      execution_id: 'run-1',
      changed_at: '2026-01-02T03:04:05Z',
      failure: { error: 'DemandValidationError' },
    });
  });

  test.each(['SUCCEEDED', 'RUNNING'])(
    'another demand with the id of an execution that is %s',
    async (status) => {
      const world = intakeWorld();
      await intake(eventOf(demandOf()), world);
      world.executions.kept.get(arnOf('run-1'))!.status = status;
      const event = await refused(demandOf({ command: ['false'] }), world);
      expect(event).toMatchObject({
        failure: { error: 'ExecutionAlreadyExists' },
        problems: [{ pointer: '/execution_id', remedy: expect.stringContaining('"attempt": 2') }],
      });
      expect(event).not.toHaveProperty('execution_arn');
      expect(world.executions.kept.size).toBe(1);
    },
  );

  test('the same demand with another configuration', async () => {
    const world = intakeWorld();
    await intake(eventOf(demandOf()), world);
    const request = {
      demand_execution: demandOf(),
      context_manager_configuration: { isolate_inputs: false },
    };
    expect(await refused(request, world)).toMatchObject({ failure: { error: 'ExecutionAlreadyExists' } });
  });

  test('a demand that is larger than the input of an execution', async () => {
    const event = await refused(demandOf({ params: { long: 'x'.repeat(262_144) } }));
    expect(event.problems).toMatchObject([{ message: expect.stringContaining('accepts 262144') }]);
  });

  test('any detail starts an execution or sends one event', async () => {
    const detail = soundDemand
      .chain(mutated)
      .filter((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
    await fc.assert(
      fc.asyncProperty(detail, async (given) => {
        const world = intakeWorld();
        const { status } = await intake(eventOf(JSON.parse(JSON.stringify(given))), world);
        expect(world.executions.kept.size).toBe(status === 'STARTED' ? 1 : 0);
        expect(world.bus.told).toHaveLength(status === 'STARTED' ? 0 : 1);
      }),
      runs(500),
    );
  });
});

describe('whatever the demand does to its reader, a refusal is told:', () => {
  const many = (count: number, entry: (index: number) => [string, unknown]) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => entry(index)));
  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
  const inputs = names('i', 3_000);
  const outputs = names('o', 2_500);

  test.each<[string, () => unknown, string]>([
    ['100,000 levels', () => ({ ...demandOf(), more: deep }), 'nested more than 500 deep'],
    ['100,000 levels in place of a demand', () => ({ demand_execution: deep }), 'nested more than 500 deep'],
    ['100,000 levels in a parameter', () => demandOf({ params: { x: deep } }), 'nested more than 500 deep'],
    ['a list', () => [], 'expected an object with a demand'],
    [
      'half of a surrogate pair in its id',
      () => demandOf({}, { execution_id: 'x\ud800' }),
      'half of a surrogate pair',
    ],
    [
      'half of a surrogate pair in a name',
      () => demandOf({ outputs_metadata: { '\udc00': 1 } }),
      'half of a surrogate pair',
    ],
    ['an id of 256 bytes', () => demandOf({}, { execution_id: 'é'.repeat(128) }), '/execution_id'],
    ['a giant id', () => demandOf({}, { execution_id: 'x'.repeat(200_000) }), '/execution_id'],
    ['an empty id', () => demandOf({}, { execution_id: '' }), 'a string that is not empty'],
    [
      'a parameter LD_PRELOAD',
      () => demandOf({ params: { LD_PRELOAD: '/tmp/x.so' } }),
      '"LD_PRELOAD" makes each program',
    ],
    [
      'a parameter BASH_ENV',
      () => demandOf({ params: { BASH_ENV: '/tmp/x' } }),
      '"BASH_ENV" is a variable of the shell',
    ],
    [
      'the names of properties of objects',
      () => JSON.parse('{"__proto__": {"execution_id": "x"}, "constructor": 1}'),
      'is missing',
    ],
    [
      'a parameter with the name __proto__',
      () => demandOf({ params: JSON.parse('{"__proto__": "${X}"}') }),
      '${X} refers to no parameter',
    ],
    ['a number beyond the range', () => demandOf({}, { attempt: JSON.parse('1e400') }), '/attempt'],
    ['a command of 240 KB', () => demandOf({ command: ['x'.repeat(240_000)] }), 'Linux starts no shell'],
    [
      '15,000 parameters',
      () => demandOf({ params: many(15_000, (index) => [`a${index}`, '${X}']) }),
      '${X} refers to no parameter',
    ],
    [
      '100,000 parameters',
      () => demandOf({ params: many(100_000, (index) => [`a${index}`, 1]) }),
      'Step Functions accepts 262144',
    ],
    [
      'a giant name',
      () =>
        demandOf({ params: { ['n'.repeat(100_000)]: 1, ...many(5_000, (index) => [`a${index}`, '${X}']) } }),
      '${X} refers to no parameter',
    ],
    [
      'references that double the text in each step',
      () =>
        demandOf({
          params: { a0: 'ha', ...many(100, (index) => [`a${index + 1}`, `\${A${index}}`.repeat(2)]) },
        }),
      'have more than 2097152 characters',
    ],
    [
      'a chain of 10,000 references',
      () => demandOf({ params: many(10_000, (index) => [`a${index}`, `\${A${index + 1}}`]) }),
      'nested more than 500 deep',
    ],
    [
      'a circle of references',
      () => demandOf({ params: { a: '${B}', b: '${A}' } }),
      'the references form a circle',
    ],
    [
      '10,000 patterns',
      () =>
        demandOf({
          params: { i: { local: 'i', remote: 's3://bucket/i', include: names('x', 10_000) } },
          inputs: ['i'],
        }),
      'more than 1000 patterns',
    ],
    [
      'a giant pattern',
      () =>
        demandOf({
          params: { i: { local: 'i', remote: 's3://bucket/i', include: '('.repeat(200_000) } },
          inputs: ['i'],
        }),
      'has more than 10000 characters',
    ],
    [
      'a pattern that no text matches in time',
      () =>
        demandOf({
          params: { i: { local: 'i', remote: 's3://bucket/i', include: '(a|a)*c' } },
          inputs: ['i'],
        }),
      'match none of the files',
    ],
    [
      'patterns with thousands of classes',
      () =>
        demandOf({
          params: many(20, (index) => [
            `i${index}`,
            { local: `i${index}`, remote: 's3://bucket/i', include: '\\w|'.repeat(2_000) },
          ]),
          inputs: names('i', 20),
        }),
      'too many classes of Unicode',
    ],
    [
      'a pattern with millions of empty ways',
      () =>
        demandOf({
          params: { i: { local: 'i', remote: 's3://bucket/i', include: `(?:${'|'.repeat(9_900)}a){900}b` } },
          inputs: ['i'],
        }),
      'has more than 20000 parts',
    ],
    [
      'inputs and outputs at one place',
      () =>
        demandOf({
          inputs,
          outputs,
          params: {
            ...many(3_000, (index) => [`i${index}`, 's3://bucket/b/a @ a']),
            ...many(2_500, (index) => [`o${index}`, 'a/b @ s3://bucket/b']),
          },
        }),
      'already has the local path "a"',
    ],
    [
      'slashes without an end',
      () =>
        demandOf({
          params: { o: 'x' },
          outputs: ['o'],
          output_s3_prefix: `s3://bucket/${'/'.repeat(200_000)}a`,
        }),
      'S3 accepts 1024',
    ],
    [
      'statuses that do not exist',
      () =>
        demandOf(
          { command: 1 },
          {
            execution_metadata: {
              notify_list: ['ada'],
              notify_on: many(12_000, (index) => [`${index}\u0001`, true]),
            },
          },
        ),
      '/execution_parameters/command',
    ],
    [
      'texts for people that are too long',
      () =>
        demandOf(
          { command: 1 },
          { execution_metadata: { user: 'é'.repeat(60_000), notify_list: ['é'.repeat(60_000)] } },
        ),
      '/execution_parameters/command',
    ],
  ])('%s', async (_, detail, message) => {
    const world = intakeWorld();
    expect(await intake(eventOf(detail()), world)).toEqual({ status: 'REFUSED' });
    const [event] = world.bus.told;
    expect(isStatusEvent(event) ? [] : isStatusEvent.errors).toEqual([]);
    expect(event?.failure).toEqual({
      error: 'DemandValidationError',
      message: expect.stringContaining(message),
    });
    expect(event?.failure?.message.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cs}/u);
  });

  test('its problems show hidden characters', async () => {
    const world = intakeWorld();
    await intake(eventOf(demandOf({ params: { 'a\u202e\n\u001b[2J': 1 } })), world);
    const [problem] = world.bus.told[0]?.problems ?? [];
    expect(problem?.pointer).toBe('/execution_parameters/params/a\\u202e\\n\\x1b[2J');
    expect(JSON.stringify(world.bus.told)).not.toMatch(/\u202e|\\u001b|[^\\]\\n/);
  });

  test('any JSON, with halves of surrogate pairs, is started or refused', async () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    const anyText = fc.string({ unit, maxLength: 6 });
    const place = fc.constantFrom(
      'execution_id',
      'execution_type',
      'execution_image',
      'execution_metadata',
      'demand_execution',
      'attempt',
      'more',
    );
    const parameter = fc.constantFrom(
      'command',
      'params',
      'inputs',
      'outputs',
      'output_s3_prefix',
      'param_pair_overrides',
    );
    const value = fc.jsonValue({ stringUnit: unit, maxDepth: 3 });
    const detail = fc
      .record({ at: place, of: parameter, one: fc.oneof(value, anyText), other: fc.oneof(value, anyText) })
      .map(({ at, of, one, other }) => demandOf({ [of]: one }, { [at]: other }));
    await fc.assert(
      fc.asyncProperty(detail, async (given) => {
        const world = intakeWorld();
        const { status } = await intake(eventOf(given), world);
        expect(world.bus.told.map((event) => event.failure?.error)).toEqual(
          status === 'STARTED' ? [] : ['DemandValidationError'],
        );
      }),
      runs(500),
    );
  });
});

describe('an error that another delivery would meet, too, is told by an event:', () => {
  test.each([
    ['of Step Functions', Object.assign(new Error('the input is\nbad'), { name: 'InvalidExecutionInput' })],
    ['of this function', new RangeError('Maximum call stack size exceeded')],
  ])('an error %s', async (_, error) => {
    const executions = Object.assign(new MemoryExecutions(), { start: () => Promise.reject(error) });
    const world = intakeWorld({ executions });
    expect(await intake(eventOf(demandOf()), world)).toEqual({ status: 'REFUSED' });
    const [event] = world.bus.told;
    expect(event).toMatchObject({ execution_id: 'run-1', failure: { error: error.name } });
    expect(event?.failure?.message).toContain(`could not be started (${error.name}: `);
    expect(event?.failure?.message).not.toContain('\n');
  });
});

describe('a transient error is thrown, so that the event is delivered again', () => {
  const failing = async () => {
    throw Object.assign(new Error('slow down'), { name: 'SlowDown' });
  };

  test('an error of Step Functions, and an error of the bus', async () => {
    const executions = Object.assign(new MemoryExecutions(), { start: failing });
    await expect(intake(eventOf(demandOf()), intakeWorld({ executions }))).rejects.toThrow('slow down');
    await expect(intake(eventOf({}), intakeWorld({ bus: { put: failing } }))).rejects.toThrow('slow down');
  });

  test.each([
    ['passing', { name: 'SlowDown' }],
    ['mistake', { status: 'REFUSED' }],
    ['unknown', { status: 'STARTED' }],
  ] as const)('an error of S3 with the verdict %s', async (verdict, expected) => {
    const store = {
      ...stepWorld().stores.open(),
      list: () => ({ [Symbol.asyncIterator]: () => ({ next: failing }) }),
    };
    const world = intakeWorld({ stores: { open: () => store as never }, verdictOn: () => verdict });
    const demand = demandOf({ params: { in: 's3://bucket/in @ in' }, inputs: ['in'] });
    const answer = await intake(eventOf(demand), world).catch((error) => error);
    expect(answer).toMatchObject(expected);
  });
});
