/** Parameters that refer to each other, as random graphs. */
import fc from 'fast-check';
import type { ExecutionParameters } from '../../src/demand/model';
import { type PathRules, resolveParameters } from '../../src/demand/parameters';
import { parseLocation } from '../../src/transfer/location';
import { runs } from './arbitraries';

/** Places every path below `/job`, and refuses none. */
const RULES: PathRules = {
  place: (_direction, { local }) => ({ path: `/job/${local}`, location: parseLocation('s3://bucket/key') }),
};

type Graph = readonly (readonly number[])[];

function given(params: Record<string, unknown>): ExecutionParameters {
  return { command: ['true'], params, inputs: [], outputs: [], outputsMetadata: {}, verbosity: false };
}

const resolve = (params: Record<string, unknown>) => resolveParameters(given(params), RULES);

/** Each node refers to earlier ones only. */
const acyclic: fc.Arbitrary<Graph> = fc
  .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 25 })
  .map((nodes) => nodes.map((edges, node) => (node === 0 ? [] : edges.map((edge) => edge % node))));

/** The parameter has two spellings, and a reference has two cases. */
const spell = (node: number) => (node % 2 ? `p-${node}` : `P.${node}`);
const refer = (node: number) => (node % 3 ? `\${p_${node}}` : `\${P_${node}}`);
const textOf = (node: number, edges: readonly number[]) => [`<${node}`, ...edges.map(refer), '>'].join(' ');

function paramsOf(graph: Graph, order: readonly number[]): Record<string, string> {
  return Object.fromEntries(order.map((node) => [spell(node), textOf(node, graph[node] ?? [])]));
}

function shuffled(graph: Graph): fc.Arbitrary<number[]> {
  const nodes = [...graph.keys()];
  return fc.shuffledSubarray(nodes, { minLength: nodes.length, maxLength: nodes.length });
}

/** Fills the references in from the first node to the last: a node refers to earlier nodes only. */
function expectedValues(graph: Graph): string[] {
  const values: string[] = [];
  for (const [node, edges] of graph.entries())
    values.push([`<${node}`, ...edges.map((edge) => values[edge] ?? ''), '>'].join(' '));
  return values;
}

test('a graph without circles is filled in completely, in any order of the parameters', () => {
  const ordered = acyclic.chain((graph) => fc.record({ graph: fc.constant(graph), order: shuffled(graph) }));
  const isFilled = fc.property(ordered, ({ graph, order }) => {
    const values = expectedValues(graph);
    fc.pre(values.join('').length < 100_000);
    const { resolved, problems } = resolve(paramsOf(graph, order));
    expect(problems).toEqual([]);
    expect([...resolved.environment]).toEqual(order.map((node) => [`P_${node}`, values[node]]));
    expect([...resolved.environment.values()].join('')).not.toContain('${');
  });
  fc.assert(isFilled, runs(500));
});

test('a circle is refused with its names, in any order of the parameters', () => {
  const circle = fc.record({ length: fc.integer({ min: 1, max: 8 }), graph: acyclic });
  const ordered = circle.chain(({ length, graph }) => {
    const ring = Array.from({ length }, (_, index) => [graph.length + ((index + 1) % length)]);
    const whole = [...graph, ...ring];
    return fc.record({ whole: fc.constant(whole), order: shuffled(whole), length: fc.constant(length) });
  });
  const isNamed = fc.property(ordered, ({ whole, order, length }) => {
    const { problems } = resolve(paramsOf(whole, order));
    const circles = problems.map(({ message }) => message.replace(/.*circle: /, '').split(' -> '));
    expect(circles).toHaveLength(1);
    const [named = []] = circles;
    expect(named).toHaveLength(length + 1);
    expect(named[0]).toBe(named.at(-1));
    const ring = whole.slice(-length).map((_, index) => `P_${whole.length - length + index}`);
    expect(new Set(named)).toEqual(new Set(ring));
  });
  fc.assert(isNamed, runs(300));
});

test('every circle is reported at once', () => {
  const { problems } = resolve({ a: '${B}', b: '${A}', c: '${C}', d: '${A}', e: 'e' });
  expect(problems.map(({ pointer, message }) => [pointer, message])).toEqual([
    ['/execution_parameters/params/b', 'the references form a circle: A -> B -> A'],
    ['/execution_parameters/params/c', 'the references form a circle: C -> C'],
  ]);
});

test('a circle is named without the parameter that leads to the circle', () => {
  expect(resolve({ a: '${B}', b: '${C}', c: '${B}' }).problems).toMatchObject([
    { message: 'the references form a circle: B -> C -> B' },
  ]);
});

test('a reference to no parameter is refused with the names of the parameters', () => {
  expect(resolve({ a: '${NOPE} ${nope} ${B}', b: 1 }).problems).toEqual([
    {
      pointer: '/execution_parameters/params/a',
      message: '${NOPE} refers to no parameter',
      remedy: 'The parameters are A, B',
    },
  ]);
});

test('a reference to a refused parameter is no second problem', () => {
  const { problems, resolved } = resolve({ a: '${B}', b: '${NOPE}', c: 'c' });
  expect(problems).toHaveLength(1);
  expect([...resolved.environment]).toEqual([['C', 'c']]);
});

test('values that double with every step are refused before they fill the memory', () => {
  const params = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [
      `p${index}`,
      index === 0 ? 'xx' : `\${P${index - 1}}`.repeat(2),
    ]),
  );
  const { problems } = resolve(params);
  expect(problems).toMatchObject([
    {
      pointer: '/execution_parameters/params/p20',
      message: expect.stringContaining('2097152 characters'),
      remedy: expect.stringContaining('a file that is an input'),
    },
  ]);
});

test('parameters with references may have 2,097,152 characters; parameters without references do not count', () => {
  const text = 'x'.repeat(2 ** 17);
  const params = { text, filled: '${TEXT}'.repeat(16) };
  expect(resolve(params).problems).toEqual([]);
  expect(resolve({ ...params, filled: `${params.filled}x` }).problems).toMatchObject([
    {
      pointer: '/execution_parameters/params/filled',
      message: expect.stringContaining('2097152 characters'),
    },
  ]);
});

test('a chain of 500 references is accepted, and a chain of 501 references is refused', () => {
  const chain = (length: number) =>
    Object.fromEntries([
      ...Array.from({ length }, (_, index) => [`p${index}`, `\${P${index + 1}}`]),
      [`p${length}`, 'end'],
    ]);
  expect(resolve(chain(500)).problems).toEqual([]);
  expect(resolve(chain(501)).problems).toMatchObject([
    {
      pointer: '/execution_parameters/params/p500',
      message: 'references are nested more than 500 deep',
    },
  ]);
});

test('a chain of 5,000 references is refused before it fills the stack', () => {
  const chain = Array.from({ length: 5_000 }, (_, index) => [`p${index}`, `\${P${index + 1}}`]);
  const { problems } = resolve(Object.fromEntries([...chain, ['p5000', 'end']]));
  expect(problems[0]).toMatchObject({ message: 'references are nested more than 500 deep' });
});
