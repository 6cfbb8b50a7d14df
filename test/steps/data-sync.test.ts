import { join } from 'node:path';
import { routeToSelf, type WrittenRoute, writeRoute } from '../../src/efs/function-routing';
import { LeaseNotAcquired } from '../../src/errors';
import { batchDataSync, dataSync } from '../../src/steps/data-sync';
import { acquireLease, type Lease } from '../../src/transfer/lease/lease';
import { faultyStores } from '../transfer/faulty-store';
import { folderStores, harvest, plant, useFolder } from '../transfer/folders';
import { LeaseServer, leaseWorld } from '../transfer/lease/lease-server';
import { FILE_SYSTEM_IDS, FIRST_ROUTE, useTwoFunctions } from './file-system-functions';
import { stepWorld } from './worlds';

const NOTHING = { bytes_transferred: 0, files_transferred: 0 };

describe('an inline transfer', () => {
  const folder = useFolder();

  async function sync(files: number) {
    const tree = Object.fromEntries(Array.from({ length: files }, (_, index) => [`${index}`, '1']));
    plant(join(folder.path, 's3/bucket/in'), tree);
    const calls: string[] = [];
    const stores = faultyStores(folderStores(folder.path), { calls });
    const request = { source_path: 's3://bucket/in/', destination_path: `${folder.path}/out` };
    const answer = await dataSync({ data_sync_request: request, inline: true }, { ...stepWorld(), stores });
    return { answer, listings: calls.filter((call) => call.startsWith('list s3:')) };
  }

  test('within the limits lists its source once', async () => {
    const { answer, listings } = await sync(3);
    expect(answer).toMatchObject({ status: 'DONE', result: { files_transferred: 3 } });
    expect(listings).toHaveLength(1);
    expect(Object.keys(harvest(join(folder.path, 'out')))).toHaveLength(3);
  });

  test('above the limits writes nothing', async () => {
    expect((await sync(11)).answer).toMatchObject({ status: 'TOO_LARGE' });
    expect(harvest(join(folder.path, 'out'))).toEqual({});
  });
});

describe('a request with the engine datasync', () => {
  const request = {
    source_path: 's3://bucket/in/',
    destination_path: 'fs-1:/scratch/out',
    engine: 'datasync',
  };

  test('is too large for one call, whatever its size is', async () => {
    const answer = await dataSync({ data_sync_request: request, inline: true }, stepWorld());
    expect(answer).toMatchObject({ status: 'TOO_LARGE' });
  });

  test.each([
    ['a flat request', request, /^\/engine/],
    ['a request of a machine', { data_sync_request: request }, /^\/data_sync_request\/engine/],
    ['a batch of a machine', { batch: { requests: [request] } }, /^\/batch\/requests\/0\/engine/],
    ['a batch', { requests: [request] }, /copies by itself/],
  ])('is refused in %s', async (_, event, message) => {
    await expect(dataSync(event, stepWorld())).rejects.toThrow(message);
  });

  test('is finished by this function', async () => {
    const answer = await dataSync({ finish_request: { ...request, delete: false } }, stepWorld());
    expect(answer).toMatchObject({ status: 'DONE' });
  });
});

describe('while another writer has the destination', () => {
  const SYNC = {
    source_path: 's3://bucket/in/',
    destination_path: 'fs-1:/scratch/run-1/in',
    delete: false,
    require_lock: true,
  };
  let server: LeaseServer;
  let first: Lease;
  beforeEach(async () => {
    server = new LeaseServer();
    const signal = new AbortController().signal;
    const options = { name: 'in', signal, mayWait: () => false };
    first = await acquireLease(server.connect(), options, leases('first'));
  });
  afterEach(() => first.release());

  function leases(name: string) {
    let tokens = 0;
    return leaseWorld(server, server.connect(), {
      token: () => `${name}${++tokens}`,
      clock: {
        elapsedMs: () => 0,
        wait: (_, until) => new Promise((resolve) => until.addEventListener('abort', () => resolve())),
      },
    });
  }

  const sync = (event: unknown) =>
    dataSync(event, { ...stepWorld(), leases: leases('second'), time: { remainingMs: () => 1 } });

  test.each([
    ['a transfer', { data_sync_request: SYNC, cursor: '[0,"a/b"]' }, '[0,"a/b"]'],
    ['a batch', { batch: { requests: [SYNC, SYNC] }, cursor: '[1,"a/b"]' }, '[1,"a/b"]'],
    ['a new batch', { batch: { requests: [SYNC, SYNC] } }, ''],
    ['the end of a transfer', { finish_request: SYNC }, ''],
  ])('%s is INCOMPLETE at the same cursor', async (_, event, cursor) => {
    const soFar = { bytes_transferred: 5, files_transferred: 1 };
    expect(await sync({ ...event, so_far: [soFar] })).toMatchObject({
      status: 'INCOMPLETE',
      cursor,
      result: soFar,
    });
    expect(await sync(event)).toMatchObject({ status: 'INCOMPLETE', cursor, result: NOTHING });
    await first.check();
  });

  test("the contract's event fails, because its answer has no cursor", async () => {
    await expect(sync(SYNC)).rejects.toThrow(LeaseNotAcquired);
  });
});

describe("the contract's event", () => {
  const folder = useFolder();
  const request = (name: string) => ({
    source_path: `s3://bucket/${name}`,
    destination_path: `${folder.path}/out/${name}`,
    include_detailed_response: true,
  });
  const world = () => ({ ...stepWorld({ mounts: [] }), stores: folderStores(folder.path) });
  beforeEach(() => plant(join(folder.path, 's3/bucket'), { a: '1', b: '22' }));

  test('fails when the transfer takes longer than one call', async () => {
    const late = { ...world(), time: { remainingMs: () => 0 } };
    await expect(dataSync(request('a'), late)).rejects.toMatchObject({
      name: 'BatchDataSyncFailed',
      message: expect.stringContaining('takes longer than one call'),
    });
  });

  test('of a batch copies all requests, also after a failure', async () => {
    const event = { requests: [request('a'), request('missing'), request('b')] };
    await expect(batchDataSync(event, world())).rejects.toMatchObject({
      name: 'BatchDataSyncFailed',
      message: expect.stringMatching(/^s3:\/\/bucket\/missing -> .*: DataSourceMissing: /),
    });
    expect(harvest(join(folder.path, 'out'))).toEqual({ a: '1', b: '22' });
  });

  test('of a batch with allow_partial_failure counts the failed requests', async () => {
    const event = { requests: [request('a'), request('missing'), request('b')], allow_partial_failure: true };
    expect(await batchDataSync(event, world())).toMatchObject({
      result: {
        bytes_transferred: 3,
        files_transferred: 2,
        total_requests_count: 3,
        successful_requests_count: 2,
        failed_requests_count: 1,
      },
      failed_requests: [{ source_path: 's3://bucket/missing' }],
    });
  });
});

test('an event with a reader needs records of readers', async () => {
  const { readers: _, ...world } = stepWorld();
  const request = { source_path: 's3://bucket/in/', destination_path: 'fs-1:/scratch/in' };
  await expect(dataSync({ data_sync_request: request, reader: 'arn' }, world)).rejects.toThrow(
    'no records of readers',
  );
});

describe('with two file systems', () => {
  const { folder, filesOf, worldAt } = useTwoFunctions();
  const request = (source_path: string, destination_path: string) => ({
    source_path,
    destination_path,
    delete: false,
  });

  /** Calls the functions as the machine does. @returns the indexes of the called functions, and the last answer */
  async function follow(event: object) {
    const called: number[] = [];
    let [route, cursor, result] = [FIRST_ROUTE, '', NOTHING];
    for (;;) {
      called.push(route.index);
      const given = { ...event, inline: true, cursor, so_far: [result], route };
      const answer = (await dataSync(given, worldAt(route.index))) as {
        readonly status: string;
        readonly route: WrittenRoute;
        readonly cursor: string;
        readonly result: typeof NOTHING;
      };
      ({ route, cursor, result } = answer);
      if (answer.status !== 'INCOMPLETE' || called.length > 9) return { called, answer };
    }
  }

  test('the function that mounts the file system continues the transfer', async () => {
    plant(join(folder.path, 's3/bucket/in'), { a: 'one', b: 'two' });
    const { called, answer } = await follow({
      data_sync_request: request('s3://bucket/in/', 'fs-b:/shared/in/'),
      reader: 'arn:run',
    });
    expect(called).toEqual([0, 1]);
    expect(answer).toMatchObject({
      status: 'DONE',
      result: { files_transferred: 2 },
      route: writeRoute(routeToSelf({ fileSystemIds: FILE_SYSTEM_IDS, index: 1 })),
    });
    expect(filesOf('fs-b')).toMatchObject({ 'shared/in/a': 'one', 'shared/in/b': 'two' });
    expect(filesOf('fs-a')).toEqual({});
  });

  test('a batch changes between the functions, and copies each request once', async () => {
    plant(join(folder.path, 's3/bucket'), { a: 'one', b: 'two', c: 'three' });
    const requests = [
      request('s3://bucket/a', 'fs-a:/a'),
      request('s3://bucket/b', 'fs-b:/b'),
      request('s3://bucket/c', 'fs-a:/c'),
    ];
    const { called, answer } = await follow({ batch: { requests } });
    expect(called).toEqual([0, 1, 0]);
    expect(answer).toMatchObject({ status: 'DONE', result: { files_transferred: 3 } });
    expect(filesOf('fs-a')).toEqual({ a: 'one', c: 'three' });
    expect(filesOf('fs-b')).toEqual({ b: 'two' });
  });

  test('a transfer between them is refused with the reason', async () => {
    plant(join(folder.path, 'fs-a'), { a: 'one' });
    await expect(follow({ data_sync_request: request('fs-a:/a', 'fs-b:/a') })).rejects.toMatchObject({
      name: 'FileSystemNotMounted',
      message: expect.stringContaining('two file systems'),
    });
    expect(filesOf('fs-b')).toEqual({});
  });
});
