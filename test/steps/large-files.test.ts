import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { FileStore } from '../../src/adapters/files/file-store';
import { DataSourceMissing, TransferMismatch, UnsafePath } from '../../src/errors';
import { type DataSyncWorld, dataSync } from '../../src/steps/data-sync';
import { planDataSync } from '../../src/steps/plan-data-sync';
import { formatLocation, type Location } from '../../src/transfer/location';
import { folderStores, harvest, plant, useFolder } from '../transfer/folders';
import { LeaseServer, leaseWorld } from '../transfer/lease-server';
import { stepWorld } from './worlds';

const MIB = 1024 ** 2;
const SIZE = 150 * MIB + 77;
const folder = useFolder();

/** A file above the limit of this world, sparse but for some bytes at its ends and in its middle. */
function plantLarge(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  const file = openSync(path, 'w');
  for (const position of [0, 64 * MIB - 3, 100 * MIB, SIZE - text.length]) writeSync(file, text, position);
  closeSync(file);
}

function world(changes: Partial<DataSyncWorld> = {}) {
  const written = new Map<string, unknown>();
  return {
    ...stepWorld(),
    mounts: [],
    stores: folderStores(folder.path),
    largeFileBytes: 100 * MIB,
    writeJson: async (uri: string, document: unknown) => void written.set(uri, document),
    readJson: async (uri: string) => written.get(uri),
    ...changes,
  };
}

type World = ReturnType<typeof world>;
type Plan = { batches: { requests: { byte_range?: object }[] }[]; finish_request: object };

const request = (fields = {}) => ({
  source_path: 's3://bucket/in/',
  destination_path: `${folder.path}/out`,
  batch_size_bytes_limit: 80 * MIB,
  ...fields,
});
const plan = async (fields = {}, at: World = world()) =>
  (await planDataSync({ data_sync_request: request(fields) }, at)) as unknown as Plan;

/** As the state machine does: called again until it is done. @returns how many calls it took, and what came */
async function work(event: object, at: () => World, cursor = '') {
  let answer = { status: 'INCOMPLETE', cursor, result: { bytes_transferred: 0, files_transferred: 0 } };
  let calls = 0;
  while (answer.status === 'INCOMPLETE' && calls++ < 50)
    answer = (await dataSync(
      { ...event, cursor: answer.cursor, so_far: [answer.result] },
      at(),
    )) as typeof answer;
  return { calls, ...answer };
}

/** Time for so many grains, files or parts. */
const hasty = (steps: number) => {
  let left = steps;
  return world({ remainingMs: () => (left-- > 0 ? 900_000 : 0) });
};
const source = () => join(folder.path, 's3/bucket/in/a/large');
const arrived = () => readFileSync(join(folder.path, 'out/a/large'));

beforeEach(() => {
  plant(join(folder.path, 's3/bucket/in'), { 'a/before': '1', b: '2', 'c/d': '3' });
  plantLarge(source(), 'some text');
});

test('a large file is shared by batches, the others are not, and all arrive', async () => {
  const { batches, finish_request } = await plan();
  const requests = batches.flatMap((batch) => batch.requests);
  expect(requests.filter(({ byte_range }) => byte_range !== undefined).length).toBeGreaterThan(1);
  const results = await Promise.all(batches.map((batch) => work({ batch }, world)));
  expect(arrived().equals(readFileSync(source()))).toBe(true);
  const { 'a/large': _, ...small } = harvest(join(folder.path, 'out'));
  expect(small).toEqual({ 'a/before': '1', b: '2', 'c/d': '3' });
  const files = results.reduce((sum, { result }) => sum + result.files_transferred, 0);
  const bytes = results.reduce((sum, { result }) => sum + result.bytes_transferred, 0);
  expect([files, bytes]).toEqual([4, SIZE + 3]);
  expect(await work({ finish_request }, world)).toMatchObject({ status: 'DONE', calls: 1 });
});

test('calls with little time get there, each with some of it', async () => {
  const { batches } = await plan();
  for (const batch of batches) expect((await work({ batch }, () => hasty(2))).status).toBe('DONE');
  expect(arrived().equals(readFileSync(source()))).toBe(true);
});

test('a file that takes longer than a call arrives also where nobody planned', async () => {
  const { batch_size_bytes_limit: _, ...data_sync_request } = request();
  const ended = AbortSignal.abort();
  let deadline: AbortSignal | undefined = ended;
  const { status, calls, result } = await work(
    { data_sync_request },
    () => {
      const at = deadline === undefined ? hasty(2) : world({ deadline });
      deadline = undefined;
      return at;
    },
    '[0,"a/before"]',
  );
  expect(status).toBe('DONE');
  expect(calls).toBeGreaterThan(2);
  expect(result).toEqual({ files_transferred: 3, bytes_transferred: SIZE + 2 });
  expect(arrived().equals(readFileSync(source()))).toBe(true);
});

test('a batch that comes late, after the end, changes nothing', async () => {
  const { batches } = await plan();
  for (const batch of batches) await work({ batch }, world);
  const again = await Promise.all(batches.map((batch) => work({ batch }, world)));
  expect(again.map(({ status, result }) => [status, result.bytes_transferred])).toEqual(
    batches.map(() => ['DONE', 0]),
  );
});

test('a plan leaves out a large file that is there', async () => {
  for (const batch of (await plan()).batches) await work({ batch }, world);
  const again = await plan({ size_only: true });
  expect(again.batches.flatMap((batch) => batch.requests).every((each) => !('byte_range' in each))).toBe(
    true,
  );
  expect(await work({ finish_request: again.finish_request }, world)).toMatchObject({ status: 'DONE' });
});

test('a second plan goes on where a first one was given up in the middle', async () => {
  const first = await plan();
  await work({ batch: first.batches[0] }, world);
  const second = await plan();
  const rest = await Promise.all(second.batches.map((batch) => work({ batch }, world)));
  expect(arrived().equals(readFileSync(source()))).toBe(true);
  const bytes = rest.reduce((sum, { result }) => sum + result.bytes_transferred, 0);
  expect(bytes).toBeLessThan(SIZE);
});

test('what was begun of another version, and left, goes when a new one is begun', async () => {
  const left = () => readdirSync(join(folder.path, 'out/a/.demand.partial'));
  await plan();
  const [old = ''] = left();
  plantLarge(source(), 'newer');
  utimesSync(source(), 1, 1);
  await plan();
  expect(left()).toHaveLength(2);
  plantLarge(source(), 'newest');
  utimesSync(join(folder.path, 'out/a/.demand.partial', old, 'content'), 1, 1);
  await plan();
  expect(left()).toHaveLength(2);
  expect(left()).not.toContain(old);
});

test('a file that changes after the plan is not mixed', async () => {
  const { batches, finish_request } = await plan();
  await work({ batch: batches[0] }, world);
  plantLarge(source(), 'other text');
  utimesSync(source(), 1, 1);
  const rest = Promise.all(batches.slice(1).map((batch) => work({ batch }, world)));
  await expect(rest).rejects.toThrow(TransferMismatch);
  await expect(work({ finish_request }, world)).rejects.toThrow(TransferMismatch);
  expect(() => arrived()).toThrow('ENOENT');
});

test.each([
  ['S3 is removed', 's3://bucket/out', () => join(folder.path, 's3/bucket/out'), 0],
  ['a file system stays for a later plan', '', () => join(folder.path, 'out'), 1],
])('what batches that will not be finished have brought to %s', async (_, destination, place, left) => {
  const { batches } = await plan({ destination_path: destination || `${folder.path}/out`, engine: 'lambda' });
  await work({ batch: batches[0] }, world);
  expect(await work({ abandoned_batches: batches }, world)).toMatchObject({ status: 'DONE' });
  const contents = Object.keys(harvest(place())).filter((key) => key.endsWith('/content'));
  expect(contents).toHaveLength(left);
});

test('a file that arrived is not missing because another execution has begun the same version anew', async () => {
  const { batches, finish_request } = await plan();
  for (const batch of batches) await work({ batch }, world);
  await plan();
  expect(await work({ finish_request }, world)).toMatchObject({ status: 'DONE' });
});

test('an end without a large file is refused', async () => {
  const { finish_request } = await plan();
  await expect(work({ finish_request }, world)).rejects.toThrow(/a\/large has no/);
});

test('a transfer that could not be finished is refused by the plan', async () => {
  const inside = {
    source_path: `${folder.path}/s3/bucket`,
    destination_path: `${folder.path}/s3/bucket/in/c`,
  };
  await expect(plan({ ...inside, retain_source_data: false })).rejects.toThrow(UnsafePath);
  await expect(plan({ source_path: 's3://bucket/none/' })).rejects.toThrow(DataSourceMissing);
});

test('the removal of a source goes on from call to call, however little of it a call can do', async () => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`many/${index}`, `${index}`]));
  plant(join(folder.path, 's3/bucket/in'), files);
  const fields = { retain_source_data: false, max_concurrency: 1 };
  const { batches, finish_request } = await plan(fields);
  for (const batch of batches) await work({ batch }, world);
  const { status, calls } = await work({ finish_request }, () => hasty(4));
  expect(status).toBe('DONE');
  expect(calls).toBeGreaterThan(4);
  expect(harvest(join(folder.path, 's3/bucket/in'))).toEqual({});
});

describe('what changes in a source after it was copied is not removed with it, though it is as long', () => {
  const fields = { retain_source_data: false };
  const inSource = (tree: Record<string, string>) => plant(join(folder.path, 's3/bucket/in'), tree);
  const left = () => harvest(join(folder.path, 's3/bucket/in'));

  test('by batches', async () => {
    const { batches, finish_request } = await plan(fields);
    for (const batch of batches) await work({ batch }, world);
    inSource({ b: 'X' });
    await expect(work({ finish_request }, world)).rejects.toThrow(TransferMismatch);
    expect(left()).toMatchObject({ 'a/before': '1', b: 'X', 'c/d': '3' });
    const again = await plan(fields);
    for (const batch of again.batches) await work({ batch }, world);
    await work({ finish_request: again.finish_request }, () => hasty(3));
    expect(left()).toEqual({});
    expect(harvest(join(folder.path, 'out'))).toMatchObject({ b: 'X' });
  });

  test('by a call before', async () => {
    const data_sync_request = request({ ...fields, max_concurrency: 1 });
    const first = await dataSync({ data_sync_request }, hasty(3));
    expect(first).toMatchObject({ status: 'INCOMPLETE' });
    inSource({ 'a/before': 'X' });
    const { cursor } = first as { cursor: string };
    await expect(work({ data_sync_request }, world, cursor)).rejects.toThrow(TransferMismatch);
    expect(left()).toMatchObject({ 'a/before': 'X', b: '2' });
    expect((await work({ data_sync_request }, () => hasty(3))).status).toBe('DONE');
    expect(left()).toEqual({});
    expect(harvest(join(folder.path, 'out'))).toMatchObject({ 'a/before': 'X' });
  });
});

test('what vanishes from the range of a batch after the plan does not fail the batch', async () => {
  const { batches } = await plan({ filter_config: { exclude: 'b2' } });
  plant(join(folder.path, 's3/bucket/in'), { b2: 'not wanted' });
  rmSync(join(folder.path, 's3/bucket/in/b'));
  rmSync(join(folder.path, 's3/bucket/in/c/d'));
  for (const batch of batches) expect((await work({ batch }, world)).status).toBe('DONE');
});

test('a file that takes longer than a call comes under the lease of the whole transfer', async () => {
  const server = new LeaseServer();
  const opened: string[] = [];
  const leases = () => {
    const inner = leaseWorld(server, server.connect());
    const open = async (location: Location) => {
      opened.push(formatLocation(location));
      return inner.open(location);
    };
    return { ...inner, open };
  };
  const data_sync_request = request({ require_lock: true, delete: false });
  const at = () => ({ ...hasty(8), leases: leases() });
  expect(await work({ data_sync_request }, at, '[0,"a/before",""]')).toMatchObject({ status: 'DONE' });
  expect(new Set(opened)).toEqual(new Set([`${folder.path}/out`]));
  expect(arrived().equals(readFileSync(source()))).toBe(true);
});

test('an upload that was begun for one file, and fails, leaves no parts', async () => {
  class Refusing extends FileStore {
    override async openFile(): Promise<never> {
      throw Object.assign(new Error('no'), { name: 'EIO' });
    }
  }
  plantLarge(join(folder.path, 'from/large'), 'some text');
  const { stores } = world();
  const files = new Refusing({ root: folder.path, durable: false });
  const at = world({ stores: { open: (each) => (each.kind === 's3' ? stores.open(each) : files) } });
  const data_sync_request = { source_path: `${folder.path}/from/`, destination_path: 's3://bucket/to/' };
  await expect(work({ data_sync_request }, () => at, '[0,null,""]')).rejects.toThrow('no');
  expect(readdirSync(join(folder.path, 's3/bucket/to'))).toEqual([]);
});

test('what was begun of any file of the folder, and left, goes when another is begun', async () => {
  const left = () => readdirSync(join(folder.path, 'out/a/.demand.partial'));
  await plan();
  const [old = ''] = left();
  utimesSync(join(folder.path, 'out/a/.demand.partial', old, 'content'), 1, 1);
  plantLarge(join(folder.path, 's3/bucket/in/a/other'), 'other');
  rmSync(source());
  await plan();
  expect(left()).toHaveLength(1);
  expect(left()).not.toContain(old);
});

test('a file that changes between the calls which it takes is not mixed', async () => {
  const data_sync_request = request();
  const first = await dataSync({ data_sync_request, cursor: '[0,"a/before",""]' }, hasty(1));
  expect(first).toMatchObject({ status: 'INCOMPLETE', result: { bytes_transferred: 64 * MIB } });
  plantLarge(source(), 'other one');
  const { cursor } = first as { cursor: string };
  expect((await work({ data_sync_request }, world, cursor)).status).toBe('DONE');
  expect(arrived().equals(readFileSync(source()))).toBe(true);
  expect(readdirSync(join(folder.path, 'out/a'))).not.toContain('.demand.partial');
});

test('that one of them cannot be given up does not keep the others', async () => {
  plantLarge(join(folder.path, 's3/bucket/in/other/large'), 'some text');
  const { batches } = await plan({ destination_path: 's3://bucket/out', engine: 'lambda' });
  const { stores } = world();
  const open = (each: Location) => {
    if (formatLocation(each).endsWith('out/a/large')) throw new Error('not this one');
    return stores.open(each);
  };
  const abandon = work({ abandoned_batches: batches }, () => world({ stores: { open } }));
  await expect(abandon).rejects.toThrow('not this one');
  expect(readdirSync(join(folder.path, 's3/bucket/out/a'))).toContain('.demand.partial');
  expect(readdirSync(join(folder.path, 's3/bucket/out/other'))).toEqual([]);
});
