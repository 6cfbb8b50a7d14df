/** Random data for the property tests: valid demands, hostile demands, and arbitrary JSON documents. */
import fc from 'fast-check';
import { isJsonObject } from '../../src/wire/json';
import { anyCharacter } from '../characters';

export type Fields = Record<string, unknown>;

/**
 * Returns the same cases in every run. `FC_SEED=7 npx jest` runs other cases. `FC_SHARE=0.1 npx jest` runs a tenth of the
 * cases.
 */
export function runs(numRuns: number): { readonly seed: number; readonly numRuns: number } {
  const { FC_SEED = 20_260, FC_SHARE = 1 } = process.env;
  return { seed: Number(FC_SEED), numRuns: Math.ceil(numRuns * Number(FC_SHARE)) };
}

/** Returns the smallest demand of an execution, with the given parameters and fields in it. */
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

const anyText = fc.string({ unit: anyCharacter, maxLength: 8 });
const segment = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('a', 'b.txt', 'tmp', 'shared', 'run-1', 'é', '\u{1F600}', 'a b') },
  { weight: 2, arbitrary: fc.constantFrom('..', '.', '', '...', '..%2f', '\\..', '~', '-rf', '*', '\n..') },
  { weight: 3, arbitrary: fc.constantFrom('${ONE}', '${two}', '${In}', '${OUT}', '${NOPE}', '${ONE}.') },
  { weight: 1, arbitrary: anyText },
);
const start = fc.constantFrom('', '', '', './', '/', '//', '/opt/efs/scratch/', '/opt/efs/shared/', '/opt/');

/** Paths, some of which try to leave their folder. */
const hostilePath = fc
  .tuple(start, fc.array(segment, { maxLength: 4 }))
  .map(([root, segments]) => root + segments.join('/'));

const hostileRemote = fc.oneof(
  { weight: 3, arbitrary: fc.nat(99).map((key) => `s3://bucket/${key}`) },
  { weight: 1, arbitrary: hostilePath.map((key) => `s3://bucket/${key}`) },
);
const transfer = fc.record({ local: hostilePath, remote: hostileRemote });
const hostileId = fc.oneof({ weight: 3, arbitrary: fc.constant('run-1') }, segment, hostilePath);
/** Some volumes contain the default places of the others. */
const containerPath = fc.oneof(
  hostilePath.map((path) => `/${path}`),
  fc.constantFrom('/', '/opt/efs', '/opt/efs/shared/a', '/opt/efs/scratch/a'),
);
const candidate = fc.option(
  containerPath.map((container_path) => ({ container_path })),
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

/** Valid demands, in all forms that the reader accepts. */
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

/** Keys that break a careless program. */
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

/** JSON documents of any form. */
export const anyDocument: fc.Arbitrary<unknown> = tree;

/** Changes a document at one to three places: removes a field, replaces a field, or adds a field. */
export function mutated(document: unknown): fc.Arbitrary<unknown> {
  const change = fc.record({ at: fc.array(fc.nat(), { maxLength: 6 }), how: fc.nat(2), key, value: tree });
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) =>
      changes.reduce<unknown>((changed, change) => changeAt(changed, change.at, change), document),
    );
}

interface Change {
  readonly how: number;
  readonly key: string;
  readonly value: unknown;
}

function changeAt(document: unknown, [step = 0, ...rest]: readonly number[], change: Change): unknown {
  const entries = typeof document === 'object' && document !== null ? Object.entries(document) : [];
  const index = step % Math.max(entries.length, 1);
  const found = entries[index];
  if (found === undefined) return change.value;
  const changed = entries.toSpliced(index, 1, ...changeEntry(found, rest, change));
  return isJsonObject(document) ? Object.fromEntries(changed) : changed.map(([, item]) => item);
}

function changeEntry(
  [name, item]: [string, unknown],
  at: readonly number[],
  change: Change,
): [string, unknown][] {
  if (at.length > 0 && typeof item === 'object' && item !== null) return [[name, changeAt(item, at, change)]];
  const other: [string, unknown] = [change.how === 2 ? change.key : name, change.value];
  return change.how === 0 ? [] : change.how === 1 ? [other] : [[name, item], other];
}
