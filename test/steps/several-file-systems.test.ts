/** The functions of two file systems, each of which mounts its own, as the machines call them. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileLeases } from '../../src/adapters/files/file-leases';
import { fileReaders } from '../../src/adapters/files/file-readers';
import { FileTrees } from '../../src/adapters/files/file-trees';
import { mountedStores } from '../../src/adapters/stores';
import { routeToSelf, type WrittenRoute, writeRoute } from '../../src/efs/function-routing';
import { dataSync } from '../../src/steps/data-sync';
import { planDataSync } from '../../src/steps/plan-data-sync';
import { removeDataPaths } from '../../src/steps/remove-data-paths';
import { S3 } from '../../src/transfer/schemes/s3';
import { folderStores, harvest, plant, useFolder } from '../transfer/folders';

const IDS = ['fs-a', 'fs-b'];
const START: WrittenRoute = { index: 0, sent_by: -1 };
const folder = useFolder();

/** The world of the function that mounts one of them. */
function at(index: number) {
  const id = IDS[index] as string;
  const mounts = [{ path: join(folder.path, id), fileSystemId: id, root: '/' }];
  mkdirSync(join(folder.path, id), { recursive: true });
  const [s3, files] = [folderStores(folder.path), mountedStores(mounts)];
  const { signal } = new AbortController();
  return {
    stores: {
      open: (location: Parameters<typeof s3.open>[0]) => (location.scheme === S3 ? s3 : files).open(location),
    },
    signal,
    settings: {
      mounts,
      routing: { fileSystemIds: IDS, index },
      inlineLimits: { maxBytes: 1e9, maxFiles: 1e6 },
      defaultPayloadPath: 's3://plans/x',
    },
    time: { remainingMs: () => 900_000 },
    report: () => undefined,
    readers: fileReaders(mounts),
    use: { leases: fileLeases({ mounts }), readers: fileReaders(mounts) },
    trees: new FileTrees(),
    readJson: async () => undefined,
    writeJson: async () => undefined,
  };
}

type Answer = Awaited<ReturnType<typeof dataSync>> & {
  readonly status: string;
  readonly route: WrittenRoute;
};

/** Calls as the machine does, from the first function on. @returns which were called, and the last answer */
async function follow(event: object) {
  const called: number[] = [];
  let [route, cursor, result] = [START, '', { bytes_transferred: 0, files_transferred: 0 }];
  for (;;) {
    called.push(route.index);
    const given = { ...event, inline: true, cursor, so_far: [result], route };
    const answer = (await dataSync(given, at(route.index))) as Answer & {
      cursor: string;
      result: typeof result;
    };
    ({ route, cursor, result } = answer);
    if (answer.status !== 'INCOMPLETE' || called.length > 9) return { called, answer };
  }
}

const request = (source_path: string, destination_path: string) => ({
  source_path,
  destination_path,
  delete: false,
});
const files = (id: string) => harvest(join(folder.path, id));

test('a transfer goes on where its file system is mounted', async () => {
  plant(join(folder.path, 's3/bucket/in'), { a: 'one', b: 'two' });
  const { called, answer } = await follow({
    data_sync_request: request('s3://bucket/in/', 'fs-b:/shared/in/'),
    reader: 'arn:run',
  });
  expect(called).toEqual([0, 1]);
  expect(answer).toMatchObject({
    status: 'DONE',
    result: { files_transferred: 2 },
    route: writeRoute(routeToSelf({ fileSystemIds: IDS, index: 1 })),
  });
  expect(files('fs-b')).toMatchObject({ 'shared/in/a': 'one', 'shared/in/b': 'two' });
  expect(files('fs-a')).toEqual({});
});

test('a list of transfers goes to and fro, and each is done once', async () => {
  plant(join(folder.path, 's3/bucket'), { a: 'one', b: 'two', c: 'three' });
  const requests = [
    request('s3://bucket/a', 'fs-a:/a'),
    request('s3://bucket/b', 'fs-b:/b'),
    request('s3://bucket/c', 'fs-a:/c'),
  ];
  const { called, answer } = await follow({ batch: { requests } });
  expect(called).toEqual([0, 1, 0]);
  expect(answer).toMatchObject({ status: 'DONE', result: { files_transferred: 3 } });
  expect(files('fs-a')).toEqual({ a: 'one', c: 'three' });
  expect(files('fs-b')).toEqual({ b: 'two' });
});

test('between two file systems nothing is copied, and it is said why', async () => {
  plant(join(folder.path, 'fs-a'), { a: 'one' });
  await expect(follow({ data_sync_request: request('fs-a:/a', 'fs-b:/a') })).rejects.toMatchObject({
    name: 'FileSystemNotMounted',
    message: expect.stringContaining('two file systems'),
  });
  expect(files('fs-b')).toEqual({});
});

test('a plan is made where the file system is mounted', async () => {
  plant(join(folder.path, 's3/bucket/in'), { a: 'one' });
  const event = { data_sync_request: request('s3://bucket/in/', 'fs-b:/in/'), route: START };
  const first = await planDataSync(event, at(0));
  expect(first).toMatchObject({ engine: 'elsewhere', batches: [], route: { index: 1, sent_by: 0 } });
  const { route } = first as { route: WrittenRoute };
  expect(await planDataSync({ ...event, route }, at(1))).toMatchObject({
    engine: 'lambda',
    route: { index: 1 },
  });
});

const NOTHING = { size_bytes_removed: 0, paths_removed: [], failures: [] };

/** Removes paths as the machine does, beginning with the function of index `from`. */
async function remove(paths: readonly string[], from: number) {
  type Removed = { status: string; route: WrittenRoute };
  let [route, so_far]: [WrittenRoute, object] = [{ index: from, sent_by: -1 }, NOTHING];
  for (;;) {
    const event = { requests: [{ paths }], reader: 'arn:run', route, so_far };
    const answer = (await removeDataPaths(event, at(route.index))) as object as Removed;
    if (answer.status === 'DONE') return answer;
    ({ route } = answer);
    so_far = answer;
  }
}

test.each([0, 1])('each removes what is on its own file system, begun at %i', async (from) => {
  plant(join(folder.path, 'fs-a'), { 'x/1': 'one', keep: '' });
  plant(join(folder.path, 'fs-b'), { 'y/1': 'two!', keep: '' });
  const removed = await remove(['fs-a:/x', 'fs-b:/y', 's3://bucket/z'], from);
  expect(removed).toMatchObject({ size_bytes_removed: 7, failures: [] });
  expect([...(removed as unknown as { paths_removed: string[] }).paths_removed].sort()).toEqual([
    'fs-a:/x',
    'fs-b:/y',
  ]);
  expect(existsSync(join(folder.path, 'fs-a/x'))).toBe(false);
  expect(existsSync(join(folder.path, 'fs-b/y'))).toBe(false);
});

test('what fails on one file system keeps nothing from being removed on the other', async () => {
  plant(join(folder.path, 'fs-b'), { 'y/1': 'two' });
  await expect(remove(['fs-a:/', 'fs-b:/y'], 0)).rejects.toMatchObject({
    name: 'RemovalFailed',
    message: expect.stringContaining('root of a mounted file system'),
  });
  expect(existsSync(join(folder.path, 'fs-b/y'))).toBe(false);
});
