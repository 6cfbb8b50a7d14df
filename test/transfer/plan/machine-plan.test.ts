import fc from 'fast-check';
import { DataSourceMissing, UnsafePath } from '../../../src/errors';
import { compareKeys, isInRange } from '../../../src/transfer/keys';
import { type Location, textOf } from '../../../src/transfer/location';
import { planSegments } from '../../../src/transfer/plan/machine-plan';
import { type DataSyncRequest, readPrepareBatchDataSyncRequest } from '../../../src/transfer/request';
import { sourceStateOf } from '../../../src/transfer/source';
import type { Assembler, Store, StoredFile, Stores } from '../../../src/transfer/store';
import { worldOf } from '../folders';

const GIB = 1024 ** 3;
const LIMITS = { maxBatches: 900, concurrency: 4 };
const small = (key: string): StoredFile => ({ key, size: 10, version: `v-${key}` });
const large = (key: string, size = 10 * GIB): StoredFile => ({ key, size, version: `v-${key}` });

interface Sides {
  readonly source: readonly StoredFile[];
  /** Sizes of files at the destination by their locations. */
  readonly existing?: Readonly<Record<string, number>>;
  readonly hasAssembler?: boolean;
}

/** A source that is only listed, and a destination that begins assemblies. */
function storesOf({ source, existing = {}, hasAssembler = true }: Sides, begun: string[]): Stores {
  const begin = async (to: Location) => `assembly-${begun.push(textOf(to))}`;
  const assembler: Partial<Assembler> = { grainOf: () => GIB, begin };
  const store: Partial<Store> = {
    async *list() {
      yield* source;
    },
    exists: async () => source.length > 0,
    stat: async (location) => {
      const size = existing[textOf(location)];
      return size === undefined ? undefined : { key: '', size };
    },
    ...(hasAssembler && { assembler: assembler as Assembler }),
  };
  return { open: () => store as Store };
}

async function plan(sides: Sides, fields = {}, limits = LIMITS) {
  const begun: string[] = [];
  const request = readPrepareBatchDataSyncRequest({
    source_path: 's3://bucket/in/',
    destination_path: '/out',
    ...fields,
  });
  const made = await planSegments(request, limits, worldOf(storesOf(sides, begun)));
  return { ...made, begun, batches: await made.toBatches() };
}

/** Locations, key range and bytes of a request, without its other fields. */
const shapeOf = ({ sourcePath, destinationPath, keyRange, byteRange }: DataSyncRequest) => ({
  from: textOf(sourcePath),
  to: textOf(destinationPath),
  ...(keyRange && { keys: keyRange }),
  ...(byteRange && { bytes: [byteRange.from / GIB, byteRange.to / GIB] }),
});

test('a small source is one request without a range', async () => {
  const { batches, bytes, files, begun } = await plan({ source: [small('a'), small('b')] });
  expect([bytes, files]).toEqual([20, 2]);
  expect(batches).toHaveLength(1);
  expect(batches.flat().map(shapeOf)).toEqual([{ from: 's3://bucket/in/', to: '/out' }]);
  expect(begun).toEqual([]);
});

test('the requests only copy, whatever the transfer does at its end', async () => {
  const fields = { retain_source_data: false, size_only: true, batch_size_bytes_limit: 10 };
  const { batches } = await plan({ source: [small('a'), small('b')] }, fields);
  expect(batches).toHaveLength(2);
  for (const request of batches.flat()) {
    expect(request).toMatchObject({ delete: false, retainSourceData: true, failIfMissing: false });
    // A move compares contents.
    expect(request.sizeOnly).toBe(false);
    expect(request).not.toHaveProperty('batchSizeBytesLimit');
  }
});

test('a large file is divided between batches under one assembly', async () => {
  const { batches, begun } = await plan({ source: [small('a'), large('b/c'), small('d')] });
  expect(begun).toEqual(['/out/b/c']);
  const file = { from: 's3://bucket/in/b/c', to: '/out/b/c' };
  const folder = { from: 's3://bucket/in/', to: '/out' };
  const shapes = batches.flat().map(shapeOf);
  expect(shapes).toContainEqual({ ...folder, keys: { upTo: 'a' } });
  expect(shapes).toContainEqual({ ...folder, keys: { after: 'b/c', upTo: 'd' } });
  const ranges = shapes.filter((shape) => shape.from === file.from);
  expect(ranges.length).toBeGreaterThan(1);
  expect(ranges[0]).toMatchObject({ ...file, bytes: [0, expect.any(Number)] });
  expect(ranges.at(-1)).toMatchObject({ ...file, bytes: [expect.any(Number), 10] });
  const parts = batches.flat().flatMap(({ byteRange }) => byteRange ?? []);
  for (const part of parts)
    expect(part).toMatchObject({ size: 10 * GIB, version: 'v-b/c', assembly: 'assembly-1' });
});

test('filters of a divided file see its path below the source', async () => {
  const { batches } = await plan({ source: [large('b/c')] }, { filter_config: { include: 'b/.*' } });
  const roots = batches.flat().map(({ filterRoot }) => filterRoot && textOf(filterRoot));
  expect(new Set(roots)).toEqual(new Set(['s3://bucket/in/']));
});

test.each([
  ['/out/', '/out/in.bin'],
  ['/out/new', '/out/new'],
])('a source that is a large file goes to %s as %s', async (destination_path, to) => {
  const fields = { source_path: 's3://bucket/in.bin', destination_path };
  const { batches, begun } = await plan({ source: [large('')] }, fields);
  expect(begun).toEqual([to]);
  expect(new Set(batches.flat().map(({ destinationPath }) => textOf(destinationPath)))).toEqual(
    new Set([to]),
  );
});

test('a large file that the destination has is left out', async () => {
  const existing = { '/out/b': 10 * GIB };
  const sides = { source: [small('a'), large('b'), small('c')], existing };
  const skipped = await plan(sides, { size_only: true });
  expect(skipped.begun).toEqual([]);
  expect(
    skipped.batches
      .flat()
      .map(shapeOf)
      .every(({ from }) => from === 's3://bucket/in/'),
  ).toBe(true);
  expect((await plan(sides, { size_only: true, force: true })).begun).toEqual(['/out/b']);
});

test('a store without an assembler gets large files whole', async () => {
  const { batches } = await plan({ source: [small('a'), large('b')], hasAssembler: false });
  expect(batches.flat().some(({ byteRange }) => byteRange !== undefined)).toBe(false);
});

test('the state of the source is in the plan of a move only', async () => {
  const source = [small('a'), large('b')];
  expect((await plan({ source })).sourceState).toBeUndefined();
  const { sourceState } = await plan({ source }, { retain_source_data: false });
  expect(sourceState).toBe(sourceStateOf(source));
});

test.each<[string, Sides, object, string]>([
  ['unreadable files', { source: [{ ...small('a'), unsafe: 'is a pipe' }] }, {}, '"a" is a pipe'],
  ['keys that cannot be stored', { source: [small('a'), small('a/b')] }, {}, 'both a file and a folder'],
  ['an overlap', { source: [small('a')] }, { destination_path: 's3://bucket/in/x' }, 'overlap'],
])('a source with %s is refused', async (_, sides, fields, message) => {
  await expect(plan(sides, fields)).rejects.toThrow(UnsafePath);
  await expect(plan(sides, fields)).rejects.toThrow(message);
});

test('an absent source is refused', async () => {
  await expect(plan({ source: [] })).rejects.toThrow(DataSourceMissing);
});

test('every file is in exactly one batch, as a key or as all its bytes', async () => {
  const size = fc.oneof(fc.nat(1000), fc.integer({ min: 4 * GIB, max: 40 * GIB }));
  const sources = fc
    .dictionary(fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', '-') }), size, {
      minKeys: 1,
    })
    .map((sizes) => Object.entries(sizes).map(([key, bytes]) => large(key, bytes)))
    .map((files) => files.sort((one, other) => compareKeys(one.key, other.key)));
  await fc.assert(
    fc.asyncProperty(
      sources,
      fc.integer({ min: 1, max: 20 * GIB }),
      async (source, batch_size_bytes_limit) => {
        const { batches } = await plan({ source }, { batch_size_bytes_limit });
        const requests = batches.flat();
        for (const { key, size: bytes } of source) {
          const asKey = requests.filter(
            ({ byteRange, keyRange = {} }) => byteRange === undefined && isInRange(key, keyRange),
          );
          const parts = requests.filter(
            ({ byteRange, sourcePath }) => byteRange && textOf(sourcePath) === `s3://bucket/in/${key}`,
          );
          const covered = parts.reduce((sum, { byteRange }) => sum + byteRange!.to - byteRange!.from, 0);
          expect([asKey.length, covered]).toEqual(parts.length === 0 ? [1, 0] : [0, bytes]);
        }
      },
    ),
    { numRuns: 50 },
  );
});
