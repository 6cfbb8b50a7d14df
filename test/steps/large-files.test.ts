/** Files that are too large for one call: several bring their parts. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DataSourceMissing, UnsafePath } from '../../src/errors';
import { formatLocation, type Location } from '../../src/transfer/location';
import { harvest, plant } from '../transfer/folders';
import { LeaseServer, leaseWorld } from '../transfer/lease/lease-server';
import { SIZE, useLargeFiles, work } from './large-files-world';

const { arrived, folder, hasty, plan, request, source, world } = useLargeFiles();

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
