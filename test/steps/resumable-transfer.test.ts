/** Transfers that take several calls: large files, and the removal of a source. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileStore } from '../../src/adapters/files/file-store';
import { TransferMismatch } from '../../src/errors';
import { dataSync } from '../../src/steps/data-sync';
import { formatLocation, type Location } from '../../src/transfer/location';
import { S3 } from '../../src/transfer/schemes/s3';
import { harvest, plant } from '../transfer/folders';
import { LeaseServer, leaseWorld } from '../transfer/lease/lease-server';
import { MIB, plantLarge, SIZE, useLargeFiles, work } from './large-files-world';

const { arrived, folder, hasty, plan, request, source, world } = useLargeFiles();

test('a file that takes longer than a call is assembled by several calls, without a plan', async () => {
  const { batch_size_bytes_limit: _, ...data_sync_request } = request();
  const ended = AbortSignal.abort();
  let deadline: AbortSignal | undefined = ended;
  const { status, calls, result } = await work(
    { data_sync_request },
    () => {
      const at =
        deadline === undefined ? hasty(2) : world({ time: { remainingMs: () => 900_000, deadline } });
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

test('a file that changes between two calls is assembled again', async () => {
  const data_sync_request = request();
  const first = await dataSync({ data_sync_request, cursor: '[0,"a/before",""]' }, hasty(1));
  expect(first).toMatchObject({ status: 'INCOMPLETE', result: { bytes_transferred: 64 * MIB } });
  plantLarge(source(), 'other one');
  const { cursor } = first as { cursor: string };
  expect((await work({ data_sync_request }, world, cursor)).status).toBe('DONE');
  expect(arrived().equals(readFileSync(source()))).toBe(true);
  expect(readdirSync(join(folder.path, 'out/a'))).not.toContain('.demand.partial');
});

test('an assembly has the lease of the whole transfer', async () => {
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

test('a failed upload leaves no parts', async () => {
  class Refusing extends FileStore {
    override async openFile(): Promise<never> {
      throw Object.assign(new Error('no'), { name: 'EIO' });
    }
  }
  plantLarge(join(folder.path, 'from/large'), 'some text');
  const { stores } = world();
  const files = new Refusing({ root: folder.path, durable: false });
  const at = world({ stores: { open: (each) => (each.scheme === S3 ? stores.open(each) : files) } });
  const data_sync_request = { source_path: `${folder.path}/from/`, destination_path: 's3://bucket/to/' };
  await expect(work({ data_sync_request }, () => at, '[0,null,""]')).rejects.toThrow('no');
  expect(readdirSync(join(folder.path, 's3/bucket/to'))).toEqual([]);
});

test('the removal of a source continues from call to call', async () => {
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

describe('a file of the source that changes after its copy, without a change of its size, is not removed', () => {
  const fields = { retain_source_data: false };
  const inSource = (tree: Record<string, string>) => plant(join(folder.path, 's3/bucket/in'), tree);
  const left = () => harvest(join(folder.path, 's3/bucket/in'));

  test('with batches', async () => {
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

  test('with calls one after another', async () => {
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
