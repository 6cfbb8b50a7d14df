import { join } from 'node:path';
import type { WrittenRoute } from '../../src/efs/function-routing';
import { planDataSync } from '../../src/steps/plan-data-sync';
import { isInRange } from '../../src/transfer/keys';
import { textOf } from '../../src/transfer/location';
import { readDataSyncRequests } from '../../src/transfer/request';
import type { Store } from '../../src/transfer/store';
import { plant } from '../transfer/folders';
import { FIRST_ROUTE, useTwoFunctions } from './file-system-functions';
import { stepWorld } from './worlds';

const functions = useTwoFunctions();

interface Batch {
  readonly requests: string | readonly { readonly source_path: string }[];
}

const keyOf = (index: number, length: number) => `${1_000_000 + index}${'/xxxxxxxxx'.repeat(length / 10)}`;

function worldWith(files: number, size: number, length = 50) {
  const written = new Map<string, unknown>();
  const store: Pick<Store, 'list'> = {
    async *list() {
      for (let index = 0; index < files; index++) yield { key: keyOf(index, length), size };
    },
  };
  const world = {
    ...stepWorld(),
    stores: { open: () => store as Store },
    writeJson: async (uri: string, document: unknown) => void written.set(uri, document),
  };
  return { world, written };
}

const SYNC = {
  source_path: 's3://bucket/in/',
  destination_path: 'fs-1:/scratch/in',
  batch_size_bytes_limit: 10,
};
const planned = async (files: number, size: number, fields = {}, length = 50) => {
  const { world, written } = worldWith(files, size, length);
  const answer = await planDataSync({ data_sync_request: { ...SYNC, ...fields } }, world);
  return { batches: (answer as { batches: Batch[] }).batches, answer, written };
};

test('a plan that fits into a state is in the answer', async () => {
  const { batches, written } = await planned(100, 5);
  expect(batches).toHaveLength(50);
  expect(batches.flatMap(({ requests }) => requests as unknown[])).toHaveLength(50);
  expect(written.size).toBe(0);
});

test('the batches of a plan have each file once, and no other file', async () => {
  const { batches } = await planned(1000, 5);
  const requests = batches.flatMap(({ requests: each }) => readDataSyncRequests(each));
  for (let index = 0; index < 1000; index++)
    expect(requests.filter(({ keyRange }) => isInRange(keyOf(index, 50), keyRange ?? {}))).toHaveLength(1);
  expect(requests.every(({ delete: mirrors, retainSourceData }) => !mirrors && retainSourceData)).toBe(true);
});

test.each([400, 5000, 30_000])(
  'a plan of %i long keys goes to S3, and its answer fits into a state with the later results',
  async (files) => {
    const { batches, answer, written } = await planned(files, 10, {}, 700);
    expect(batches.length).toBeGreaterThan(100);
    expect(batches.length).toBeLessThanOrEqual(900);
    expect(written.size).toBe(batches.length);
    expect(batches[3]?.requests).toBe('s3://plans/one/request_3.json');
    const counts = batches.map(() => ({ bytes_transferred: 2 ** 50, files_transferred: 10 ** 6 }));
    expect(JSON.stringify({ plan: answer, results: counts }).length).toBeLessThan(262_144);
    const requests = [...written.values()].flatMap(readDataSyncRequests);
    expect(requests.at(-1)?.keyRange?.upTo).toBe(keyOf(files - 1, 700));
  },
);

test('a plan goes to the folder of the request; a flat request without a folder has its plan in the answer', async () => {
  const fields = { temporary_request_payload_path: 's3://mine/folder/' };
  const { batches } = await planned(4, 10, fields);
  expect(batches[0]?.requests).toBe('s3://mine/folder/one/request_0.json');
  const { world, written } = worldWith(2000, 10);
  const { requests } = (await planDataSync(SYNC, world)) as { requests: Batch[] };
  expect(requests).toHaveLength(2000);
  expect(written.size).toBe(0);
});

test('two plans in the same folder of the request have documents of their own', async () => {
  const { world, written } = worldWith(4, 10);
  const inFolder = (source: string) => ({
    data_sync_request: { ...SYNC, source_path: source, temporary_request_payload_path: 's3://mine/folder/' },
  });
  const uris = async (source: string, call: string) => {
    const settings = { ...world.settings, defaultPayloadPath: `s3://plans/${call}` };
    const at = { ...world, settings };
    const { batches } = (await planDataSync(inFolder(source), at)) as unknown as { batches: Batch[] };
    return batches.map(({ requests }) => String(requests));
  };
  const [one] = await Promise.all([uris('s3://bucket/one/', 'a'), uris('s3://bucket/two/', 'b')]);
  const read = one.flatMap((uri) => readDataSyncRequests(written.get(uri)));
  expect(new Set(read.map(({ sourcePath }) => textOf(sourcePath)))).toEqual(new Set(['s3://bucket/one/']));
});

test('a plan is made by the function that mounts the file system', async () => {
  plant(join(functions.folder.path, 's3/bucket/in'), { a: 'one' });
  const sync = { source_path: 's3://bucket/in/', destination_path: 'fs-b:/in/', delete: false };
  const event = { data_sync_request: sync, route: FIRST_ROUTE };
  const first = await planDataSync(event, functions.worldAt(0));
  expect(first).toMatchObject({ engine: 'elsewhere', batches: [], route: { index: 1, sent_by: 0 } });
  const { route } = first as { route: WrittenRoute };
  expect(await planDataSync({ ...event, route }, functions.worldAt(1))).toMatchObject({
    engine: 'lambda',
    route: { index: 1 },
  });
});

describe('the engine of a plan', () => {
  const engineOf = async (files: number, size: number, fields = {}) =>
    (await planned(files, size, fields)).answer;

  test('is lambda below the limits of DataSync', async () => {
    expect(await engineOf(100, 5)).toMatchObject({ engine: 'lambda', batches: { length: 50 } });
  });

  test('is datasync above the limits, and the plan has no batches', async () => {
    const { answer, written } = await planned(100, 10_000);
    expect(answer).toMatchObject({ engine: 'datasync', batches: [] });
    expect(answer).toMatchObject({ finish_request: { delete: true, source_path: 's3://bucket/in/' } });
    expect(written.size).toBe(0);
  });

  test('is the engine of the request', async () => {
    expect(await engineOf(100, 5, { engine: 'datasync' })).toMatchObject({
      engine: 'datasync',
      finish_request: { engine: 'datasync' },
    });
    const ours = await engineOf(100, 10_000, { engine: 'lambda' });
    expect(ours).toMatchObject({ engine: 'lambda' });
    await expect(engineOf(100, 5, { engine: 'datasync', require_lock: true })).rejects.toThrow(
      /require_lock/,
    );
  });

  test('cannot be datasync in a flat request, because functions copy its batches', async () => {
    const { world } = worldWith(100, 5);
    await expect(planDataSync({ ...SYNC, engine: 'datasync' }, world)).rejects.toThrow(/copies by itself/);
  });
});
