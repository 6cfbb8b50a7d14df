import { join } from 'node:path';
import { dataSync } from '../../src/steps/data-sync';
import { faultyStores } from '../transfer/faulty-store';
import { folderStores, harvest, plant, useFolder } from '../transfer/folders';
import { stepWorld } from './worlds';

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

test('a transfer within one call lists its source once', async () => {
  const { answer, listings } = await sync(3);
  expect(answer).toMatchObject({ status: 'DONE', result: { files_transferred: 3 } });
  expect(listings).toHaveLength(1);
  expect(Object.keys(harvest(join(folder.path, 'out')))).toHaveLength(3);
});

test('one that is too much writes nothing', async () => {
  expect((await sync(11)).answer).toMatchObject({ status: 'TOO_LARGE' });
  expect(harvest(join(folder.path, 'out'))).toEqual({});
});

describe('a transfer that asks for another engine', () => {
  const request = {
    source_path: 's3://bucket/in/',
    destination_path: 'fs-1:/scratch/out',
    engine: 'datasync',
  };

  test('is for the state machine, however small it is', async () => {
    const answer = await dataSync({ data_sync_request: request, inline: true }, stepWorld());
    expect(answer).toMatchObject({ status: 'TOO_LARGE' });
  });

  test.each([
    ['a call of its own', request, /^\/engine/],
    ['a resumable one', { data_sync_request: request }, /^\/data_sync_request\/engine/],
    ['a batch', { batch: { requests: [request] } }, /^\/batch\/requests\/0\/engine/],
    ['requests', { requests: [request] }, /copies by itself/],
  ])('is refused as %s', async (_, event, message) => {
    await expect(dataSync(event, stepWorld())).rejects.toThrow(message);
  });

  test('is finished by us', async () => {
    const answer = await dataSync({ finish_request: { ...request, delete: false } }, stepWorld());
    expect(answer).toMatchObject({ status: 'DONE' });
  });
});
