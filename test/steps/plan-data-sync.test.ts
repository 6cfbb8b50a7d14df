import { planDataSync } from '../../src/steps/plan-data-sync';
import { readDataSyncRequests } from '../../src/transfer/request';
import type { Store } from '../../src/transfer/store';
import { stepWorld } from './worlds';

interface Batch {
  readonly requests: string | readonly { readonly source_path: string }[];
}

function worldWith(files: number, size: number) {
  const written = new Map<string, unknown>();
  const store: Pick<Store, 'list'> = {
    async *list() {
      for (let index = 0; index < files; index++)
        yield { key: `${1_000_000 + index}/${'x'.repeat(50)}`, size };
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
const planned = async (files: number, size: number, fields = {}) => {
  const { world, written } = worldWith(files, size);
  const answer = await planDataSync({ data_sync_request: { ...SYNC, ...fields } }, world);
  return { batches: (answer as { batches: Batch[] }).batches, answer, written };
};

test('a plan that a state has room for is in the answer', async () => {
  const { batches, written } = await planned(100, 5);
  expect(batches).toHaveLength(50);
  expect(batches.flatMap(({ requests }) => requests as unknown[])).toHaveLength(100);
  expect(written.size).toBe(0);
});

test.each([400, 5000, 30_000])(
  '%i parts go to S3, and fit a state with all that comes after',
  async (files) => {
    const { batches, answer, written } = await planned(files, 10);
    expect(batches.length).toBeLessThanOrEqual(900);
    expect(written.size).toBe(batches.length);
    expect(batches[3]?.requests).toBe('s3://plans/one/request_3.json');
    const counts = batches.map(() => ({ bytes_transferred: 2 ** 50, files_transferred: 10 ** 6 }));
    expect(JSON.stringify({ plan: answer, results: counts }).length).toBeLessThan(262_144);
    const sources = [...written.values()].flatMap(readDataSyncRequests).map(({ sourcePath }) => sourcePath);
    expect(sources).toHaveLength(files);
    expect(new Set(sources).size).toBe(files);
  },
);

test('the folder of the request wins, and the flat form is as it was', async () => {
  const fields = { temporary_request_payload_path: 's3://mine/folder/' };
  expect((await planned(4, 10, fields)).batches[0]?.requests).toBe('s3://mine/folder/request_0.json');
  const { world, written } = worldWith(2000, 10);
  const { requests } = (await planDataSync(SYNC, world)) as { requests: Batch[] };
  expect(requests).toHaveLength(2000);
  expect(written.size).toBe(0);
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
