/** Hostile demands in events. */
import fc from 'fast-check';
import { intake } from '../../src/steps/intake';
import { demandOf, runs } from '../demand/arbitraries';
import { eventOf, intakeWorld, isStatusEvent } from './intake-world';

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
