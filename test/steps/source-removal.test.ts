/** A source is removed when all of it was copied, in as many calls as that takes. */
import { join } from 'node:path';
import { TransferMismatch } from '../../src/errors';
import { dataSync } from '../../src/steps/data-sync';
import { harvest, plant } from '../transfer/folders';
import { useLargeFiles, work } from './large-files-world';

const { folder, hasty, plan, request, world } = useLargeFiles();

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
