import fc from 'fast-check';
import { intake } from '../../src/steps/intake';
import { normalise } from '../../src/steps/normalise';
import { demandOf, type Fields, mutated, runs, soundDemand } from '../demand/arbitraries';
import { arnOf, MemoryExecutions } from '../events/worlds';
import { eventOf, ID, intakeWorld, isStatusEvent } from './intake-world';
import { stepWorld } from './worlds';

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
