import { CachedFileSystems, LISTING_MS } from '../../../src/adapters/aws/cached-file-systems';
import type { AccessPoint, FileSystem, FileSystemDirectory } from '../../../src/efs/model';

const FILE_SYSTEM: FileSystem = { fileSystemId: 'fs-1', name: 'main', tags: {} };
const accessPoint = (fileSystemId: string): AccessPoint => ({
  accessPointId: `fsap-of-${fileSystemId}`,
  fileSystemId,
  name: undefined,
  path: '/',
  tags: {},
});

/** A cache over a directory that records its calls. Tests change the time and the failure. */
function cache() {
  const clock = { time: 0, elapsedMs: () => clock.time };
  const calls: string[] = [];
  const api = { failure: undefined as Error | undefined };
  const answer = async <T>(call: string, listing: T): Promise<T> => {
    calls.push(call);
    if (api.failure !== undefined) throw api.failure;
    return listing;
  };
  const directory: FileSystemDirectory = {
    fileSystems: () => answer('file systems', [FILE_SYSTEM]),
    accessPoints: (id = 'all') => answer(`access points of ${id}`, [accessPoint(id)]),
  };
  return { clock, calls, api, cached: new CachedFileSystems(directory, clock) };
}

test('a listing is kept until its time has passed', async () => {
  const { clock, calls, cached } = cache();
  expect(await cached.fileSystems()).toEqual([FILE_SYSTEM]);
  clock.time = LISTING_MS - 1;
  expect(await cached.fileSystems()).toEqual([FILE_SYSTEM]);
  expect(calls).toHaveLength(1);
  clock.time = LISTING_MS;
  await cached.fileSystems();
  expect(calls).toHaveLength(2);
});

test('concurrent calls share a listing', async () => {
  const { calls, cached } = cache();
  await Promise.all([cached.fileSystems(), cached.fileSystems()]);
  expect(calls).toEqual(['file systems']);
});

test('each listing is kept by itself', async () => {
  const { calls, cached } = cache();
  for (let round = 0; round < 2; round++) {
    await cached.fileSystems();
    expect(await cached.accessPoints()).toEqual([accessPoint('all')]);
    expect(await cached.accessPoints('fs-1')).toEqual([accessPoint('fs-1')]);
    expect(await cached.accessPoints('fs-2')).toEqual([accessPoint('fs-2')]);
  }
  expect(calls).toEqual([
    'file systems',
    'access points of all',
    'access points of fs-1',
    'access points of fs-2',
  ]);
});

test('a failed listing is not kept', async () => {
  const { calls, api, cached } = cache();
  api.failure = new Error('no connection');
  await expect(cached.fileSystems()).rejects.toThrow('no connection');
  api.failure = undefined;
  expect(await cached.fileSystems()).toEqual([FILE_SYSTEM]);
  expect(calls).toHaveLength(2);
});

describe('a refreshed directory', () => {
  test('is offered only after an answer from the cache', async () => {
    const { cached } = cache();
    expect(cached.refreshed()).toBeUndefined();
    await cached.fileSystems();
    expect(cached.refreshed()).toBeUndefined();
    await cached.fileSystems();
    expect(cached.refreshed()).toBeDefined();
  });

  test('asks again, and is not offered twice for one answer', async () => {
    const { calls, cached } = cache();
    await cached.fileSystems();
    await cached.fileSystems();
    const refreshed = cached.refreshed();
    await refreshed?.fileSystems();
    expect(calls).toHaveLength(2);
    expect(cached.refreshed()).toBeUndefined();
  });
});
