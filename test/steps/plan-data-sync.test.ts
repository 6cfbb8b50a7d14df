import { planDataSync } from '../../src/steps/plan-data-sync';
import { isInRange } from '../../src/transfer/keys';
import { textOf } from '../../src/transfer/location';
import { readDataSyncRequests } from '../../src/transfer/request';
import type { Store } from '../../src/transfer/store';
import { stepWorld } from './worlds';

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

test('a plan that a state has room for is in the answer', async () => {
  const { batches, written } = await planned(100, 5);
  expect(batches).toHaveLength(50);
  expect(batches.flatMap(({ requests }) => requests as unknown[])).toHaveLength(50);
  expect(written.size).toBe(0);
});

test('the batches of a plan have each file once, and nothing else', async () => {
  const { batches } = await planned(1000, 5);
  const requests = batches.flatMap(({ requests: each }) => readDataSyncRequests(each));
  for (let index = 0; index < 1000; index++)
    expect(requests.filter(({ keyRange }) => isInRange(keyOf(index, 50), keyRange ?? {}))).toHaveLength(1);
  expect(requests.every(({ delete: mirrors, retainSourceData }) => !mirrors && retainSourceData)).toBe(true);
});

test.each([400, 5000, 30_000])(
  'a plan of %i long keys goes to S3, and fits a state with all that comes after',
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

test('the folder of the request wins, and the flat form is as it was', async () => {
  const fields = { temporary_request_payload_path: 's3://mine/folder/' };
  const { batches } = await planned(4, 10, fields);
  expect(batches[0]?.requests).toBe('s3://mine/folder/one/request_0.json');
  const { world, written } = worldWith(2000, 10);
  const { requests } = (await planDataSync(SYNC, world)) as { requests: Batch[] };
  expect(requests).toHaveLength(2000);
  expect(written.size).toBe(0);
});

test('two plans in the same folder of the request do not replace each other', async () => {
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

describe('the engine of a plan', () => {
  const engineOf = async (files: number, size: number, fields = {}) =>
    (await planned(files, size, fields)).answer;

  test('is ours by rule, and then said beside the batches', async () => {
    expect(await engineOf(100, 5)).toMatchObject({ engine: 'lambda', batches: { length: 50 } });
  });

  test('is DataSync from its limits on, with nothing for a Map to do', async () => {
    const { answer, written } = await planned(100, 10_000);
    expect(answer).toMatchObject({ engine: 'datasync', batches: [] });
    expect(answer).toMatchObject({ finish_request: { delete: true, source_path: 's3://bucket/in/' } });
    expect(written.size).toBe(0);
  });

  test('is what the request says', async () => {
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

  test('is not for the flat form, whose batches our functions copy', async () => {
    const { world } = worldWith(100, 5);
    await expect(planDataSync({ ...SYNC, engine: 'datasync' }, world)).rejects.toThrow(/copies by itself/);
  });
});
