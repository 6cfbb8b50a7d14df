import { readFileSync } from 'node:fs';
import { DataSourceMissing, DemandValidationError } from '../../../src/errors';
import { compareKeys } from '../../../src/transfer/keys';
import { asFolder, type Location, parseLocation, relativeTo, textOf } from '../../../src/transfer/location';
import { type Plan, planBatches } from '../../../src/transfer/plan/contract-plan';
import { readPrepareBatchDataSyncRequest } from '../../../src/transfer/request';
import type { Store, StoredFile, Stores } from '../../../src/transfer/store';

interface Vectors {
  readonly world: {
    readonly buckets: Readonly<Record<string, Readonly<Record<string, number>>>>;
    readonly local: Readonly<Record<string, number>>;
  };
  readonly cases: readonly {
    readonly name: string;
    readonly feature: string;
    readonly request: Readonly<Record<string, unknown>>;
    readonly response?: { readonly requests: readonly { readonly requests: Node[] | string }[] };
  }[];
}

interface Node {
  readonly source_path: string;
  readonly destination_path: string;
}

const text = readFileSync('test/contract/vectors/data-sync.json', 'utf8').replaceAll('{{ROOT}}', '/root');
const vectors: Vectors = JSON.parse(text);
const signal = new AbortController().signal;

/** The recorded world as a store that can only be listed. */
const sizes = new Map<string, number>([
  ...Object.entries(vectors.world.buckets).flatMap(([bucket, keys]) =>
    Object.entries(keys).map(([key, size]): [string, number] => [`s3://${bucket}/${key}`, size]),
  ),
  ...Object.entries(vectors.world.local),
]);

function filesBelow(location: Location): StoredFile[] {
  return [...sizes]
    .map(([path, size]) => ({ key: relativeTo(location, parseLocation(path)) ?? '..', size }))
    .filter(({ key, size }) => key !== '..' && !(size === 0 && /(^|\/)$/.test(key)))
    .sort((one, other) => compareKeys(one.key, other.key));
}

const listing: Partial<Store> = {
  async *list(location: Location) {
    yield* filesBelow(location);
  },
  exists: async (location: Location) => filesBelow(asFolder(location)).length > 0,
};
const stores: Stores = { open: () => listing as Store };
const plan = (request: unknown) => planBatches(readPrepareBatchDataSyncRequest(request), { stores, signal });

const nodesOf = (batches: readonly (readonly Node[])[]) =>
  batches
    .flat()
    .map(({ source_path, destination_path }) => `${source_path} -> ${destination_path}`)
    .sort();

const planned = ({ batches, toNode }: Plan): Node[][] =>
  batches.map((batch) =>
    batch.map(toNode).map(({ sourcePath, destinationPath }) => ({
      source_path: textOf(sourcePath),
      destination_path: textOf(destinationPath),
    })),
  );

const recorded = vectors.cases.flatMap(({ name, feature, request, response }) => {
  if (feature !== 'plan' || response === undefined) return [];
  const batches = response.requests.map((batch) => batch.requests);
  const isWhole = batches.every((batch): batch is Node[] => typeof batch !== 'string');
  return isWhole ? [{ name, request, batches }] : [];
});

test('the recorded vectors have plans', () => {
  expect(recorded.length).toBeGreaterThan(30);
});

test.each(recorded)('the plan $name has the recorded parts', async ({ request, batches }) => {
  const made = await plan(request);
  const ours = made.batches;
  // Only the sizes decide which folders are cut, so both plans have the same set of nodes.
  expect(nodesOf(planned(made))).toEqual(nodesOf(batches));
  expect(ours.length).toBeLessThanOrEqual(batches.length);
  const limit = Number(request.batch_size_bytes_limit) || Number.POSITIVE_INFINITY;
  for (const batch of ours)
    expect(batch.length === 1 || batch.reduce((sum, node) => sum + node.size, 0) <= limit).toBe(true);
});

test('a plan counts files and bytes', async () => {
  const request = {
    source_path: 's3://src-bucket/nested/',
    destination_path: '/d',
    batch_size_bytes_limit: 64,
  };
  expect(await plan(request)).toMatchObject({ bytes: 506, files: 8 });
});

test('refuses filters between file systems, and a missing source', async () => {
  const local = { source_path: '/root/nested', destination_path: '/d', filter_config: { include: 'a' } };
  await expect(plan(local)).rejects.toThrow(DemandValidationError);
  const absent = { source_path: 's3://src-bucket/absent/', destination_path: '/d' };
  await expect(plan(absent)).rejects.toThrow(DataSourceMissing);
});
