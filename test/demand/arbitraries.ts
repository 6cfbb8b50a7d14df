/** What the property tests of the core draw from: demands, sound and hostile, and documents that are neither. */
import fc from 'fast-check';
import { isJsonObject } from '../../src/wire/json';

export type Fields = Record<string, unknown>;

/** The same cases every time; another seed: `FC_SEED=7 npx jest`. */
export function runs(numRuns: number): { readonly seed: number; readonly numRuns: number } {
  return { seed: Number(process.env.FC_SEED ?? 20_260), numRuns };
}

/** The smallest demand that a whole execution takes, changed by what is given. */
export function demandOf(parameters: Fields = {}, fields: Fields = {}): Fields {
  return {
    execution_type: 'test',
    execution_id: 'run-1',
    execution_image: 'docker.io/library/alpine:3',
    execution_parameters: { command: ['true'], ...parameters },
    execution_platform: { aws_batch: { job_queue_name: 'queue' } },
    resource_requirements: { memory: 512, vcpus: 1 },
    ...fields,
  };
}

const anyText = fc.string({ unit: 'binary', maxLength: 8 });
const segment = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('a', 'b.txt', 'tmp', 'shared', 'run-1', 'é', '\u{1F600}', 'a b') },
  { weight: 2, arbitrary: fc.constantFrom('..', '.', '', '...', '..%2f', '\\..', '~', '-rf', '*', '\n..') },
  { weight: 3, arbitrary: fc.constantFrom('${ONE}', '${two}', '${In}', '${OUT}', '${NOPE}', '${ONE}.') },
  { weight: 1, arbitrary: anyText },
);
const start = fc.constantFrom('', '', '', './', '/', '//', '/opt/efs/scratch/', '/opt/efs/shared/', '/opt/');

/** Paths that try to get out, among such that do not. */
const hostilePath = fc
  .tuple(start, fc.array(segment, { maxLength: 4 }))
  .map(([root, segments]) => root + segments.join('/'));

const hostileRemote = fc.oneof(
  { weight: 3, arbitrary: fc.nat(99).map((key) => `s3://bucket/${key}`) },
  { weight: 1, arbitrary: hostilePath.map((key) => `s3://bucket/${key}`) },
);
const transfer = fc.record({ local: hostilePath, remote: hostileRemote });
const hostileId = fc.oneof({ weight: 3, arbitrary: fc.constant('run-1') }, segment, hostilePath);
const candidate = fc.option(
  hostilePath.map((path) => ({ container_path: `/${path}` })),
  { nil: {}, freq: 4 },
);

/** Scaffolding requests whose paths, ids and references try to leave the working directory. */
export const hostileRequest = fc
  .record({
    id: hostileId,
    params: fc.record({ one: segment, two: segment, in: transfer, 'in.2': transfer, out: transfer }),
    scratch: candidate,
    shared: candidate,
    tmp: fc.option(candidate, { nil: [] }),
    isolate: fc.boolean(),
  })
  .map(({ id, params, isolate, ...volumes }) => ({
    demand_execution: demandOf({ params, inputs: ['in', 'in.2'], outputs: ['out'] }, { execution_id: id }),
    file_system_configurations: volumes,
    context_manager_configuration: { isolate_inputs: isolate },
  }));

const words = fc.stringMatching(/^[a-z]{1,6}$/);
const flag = fc.oneof(fc.boolean(), fc.constantFrom('yes', 'OFF', '1', 'f', 0, 1));
const count = fc.integer({ min: 1, max: 4096 });

/** Demands that are accepted, in all the ways in which one may be written. */
export const soundDemand = fc
  .record({
    value: fc.oneof(words, fc.array(count), fc.dictionary(words, flag), fc.constantFrom(null, 1.5, '${IN}')),
    verbosity: flag,
    tag: fc.option(fc.oneof(anyText, fc.array(fc.constantFrom('a=1', 'b', 'c=d=e', '')))),
    tags: fc.option(fc.dictionary(anyText, anyText, { maxKeys: 3 })),
    notify: fc.option(fc.dictionary(fc.constantFrom('SUBMITTED', 'FAILED'), flag)),
    memory: fc.oneof(count, count.map(String)),
    filter: fc.constantFrom(null, '', [], '.*', ['a', '.*']),
    isolate: flag,
  })
  .map(({ value, verbosity, tag, tags, notify, memory, filter, isolate }) => ({
    demand_execution: demandOf(
      {
        params: { value, in: { local: 'in', remote: 's3://bucket/in', include: filter }, out_1: 'out' },
        inputs: ['IN'],
        outputs: ['out.1'],
        output_s3_prefix: 's3://bucket/out/',
        param_pair_overrides: [{ input: 'in', output: null, outputs: ['OUT-1'] }],
        outputs_metadata: { 'some key': value },
        verbosity,
      },
      {
        execution_metadata: { user: null, tag, tags, notify_on: notify },
        resource_requirements: { memory, vcpus: '1', gpu: 0 },
      },
    ),
    context_manager_configuration: { isolate_inputs: isolate },
  }));

/** Keys that a careless program trips over. */
const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'length', '', 'a/b~c'), anyText);
const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e300, Infinity, '', '${A}', 'a @ b', '[', '\0', 'é'),
  anyText,
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 3 }),
  ),
}));

/** Whatever JSON can say. */
export const anyDocument: fc.Arbitrary<unknown> = tree;

/** One to three wounds to a document: a field gone, another in its place, one too many. */
export function mutated(document: unknown): fc.Arbitrary<unknown> {
  const wound = fc.record({ at: fc.array(fc.nat(), { maxLength: 6 }), how: fc.nat(2), key, value: tree });
  return fc
    .array(wound, { minLength: 1, maxLength: 3 })
    .map((wounds) => wounds.reduce<unknown>((hurt, wound) => hurtAt(hurt, wound.at, wound), document));
}

interface Wound {
  readonly how: number;
  readonly key: string;
  readonly value: unknown;
}

function hurtAt(document: unknown, [step = 0, ...rest]: readonly number[], wound: Wound): unknown {
  const entries = typeof document === 'object' && document !== null ? Object.entries(document) : [];
  const index = step % Math.max(entries.length, 1);
  const found = entries[index];
  if (found === undefined) return wound.value;
  const changed = entries.toSpliced(index, 1, ...hurtEntry(found, rest, wound));
  return isJsonObject(document) ? Object.fromEntries(changed) : changed.map(([, item]) => item);
}

function hurtEntry(
  [name, item]: [string, unknown],
  at: readonly number[],
  wound: Wound,
): [string, unknown][] {
  if (at.length > 0 && typeof item === 'object' && item !== null) return [[name, hurtAt(item, at, wound)]];
  const other: [string, unknown] = [wound.how === 2 ? wound.key : name, wound.value];
  return wound.how === 0 ? [] : wound.how === 1 ? [other] : [[name, item], other];
}
