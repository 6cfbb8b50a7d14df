import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, TransferMismatch } from '../../../src/errors';
import { syncData } from '../../../src/transfer/sync';
import type { SyncOutcome } from '../../../src/transfer/transfer';
import { faultyStores } from '../faulty-store';
import { folderStores, harvest, plant, syncRequest, type Tree, useFolder, worldOf } from '../folders';

const folder = useFolder();
const SOURCE: Tree = { 'a/1': 'one', 'a/2': 'two', c: 'three' };

const move = (fields = {}) =>
  syncRequest({
    source_path: `${folder.path}/out`,
    destination_path: 's3://bucket/o/',
    retain_source_data: false,
    max_concurrency: 1,
    ...fields,
  });
const source = () => harvest(join(folder.path, 'out'));
const destination = () => harvest(join(folder.path, 's3/bucket/o'));

function plantAll(): void {
  rmSync(folder.path, { recursive: true, force: true });
  plant(join(folder.path, 'out'), SOURCE);
  plant(join(folder.path, 's3/bucket/o'), { stale: 'old', 'a/1': 'an older one' });
}

async function moveFailingAt(failAt?: number): Promise<{ calls: string[]; error: unknown }> {
  const calls: string[] = [];
  const faults = failAt === undefined ? { calls } : { calls, failAt };
  const world = worldOf(faultyStores(folderStores(folder.path), faults));
  const error = await syncData(move(), undefined, world).catch((thrown: unknown) => thrown);
  return { calls, error };
}

test('a move copies all files, then removes the stale files, then removes the source', async () => {
  plantAll();
  const { calls } = await moveFailingAt();
  expect(source()).toEqual({});
  expect(destination()).toEqual(SOURCE);
  const first = (verb: string) => calls.findIndex((call) => call.startsWith(verb));
  const lastCopy = calls.lastIndexOf('written s3://bucket/o/c');
  expect(first('remove s3://bucket/o/stale')).toBeGreaterThan(lastCopy);
  expect(first(`remove ${folder.path}/out`)).toBeGreaterThan(first('remove s3://bucket/o/stale'));
});

test('after a failure of any call each file has a whole copy, and a repeat completes the move', async () => {
  plantAll();
  const { calls } = await moveFailingAt();
  expect(calls.length).toBeGreaterThan(30);
  for (const [failAt, call] of calls.entries()) {
    plantAll();
    const { error } = await moveFailingAt(failAt);
    expect([call, describeError(error).name]).toEqual([call, 'Fault']);
    const [left, arrived] = [source(), destination()];
    for (const [key, content] of Object.entries(SOURCE))
      expect([call, key, [left[key], arrived[key]]]).toEqual([call, key, expect.arrayContaining([content])]);
    expect([call, arrived['a/1']]).toEqual([call, expect.stringMatching(/^(an older )?one$/)]);

    await moveFailingAt();
    expect([call, source()]).toEqual([call, {}]);
    expect([call, destination()]).toEqual([call, expect.objectContaining(SOURCE)]);
  }
});

test('a mirror removes nothing for a source that is half removed', async () => {
  plantAll();
  const { calls } = await moveFailingAt();
  plantAll();
  await moveFailingAt(calls.indexOf(`remove ${folder.path}/out/a/2`));
  expect(Object.keys(source()).filter((key) => !key.includes('partial'))).toEqual(['a/2', 'c']);
  await syncData(move(), undefined, worldOf(folderStores(folder.path)));
  expect(destination()).toEqual(SOURCE);
});

test('the source stays if a file at the destination is not whole', async () => {
  plantAll();
  const stores = folderStores(folder.path);
  const faults = { calls: [] as string[] };
  const tampered = faultyStores(stores, {
    ...faults,
    calls: new Proxy(faults.calls, {
      set: (calls, index, call) => {
        if (call === 'removed s3://bucket/o/stale') plant(join(folder.path, 's3/bucket/o'), { c: 'thr' });
        return Reflect.set(calls, index, call);
      },
    }),
  });
  await expect(syncData(move(), undefined, worldOf(tampered))).rejects.toThrow(TransferMismatch);
  expect(source()).toEqual(SOURCE);
});

test('a filtered move keeps the other files of the source', async () => {
  plantAll();
  await syncData(move({ filter_config: { include: 'a/.*' } }), undefined, worldOf(folderStores(folder.path)));
  expect(source()).toEqual({ c: 'three' });
  expect(destination()).toEqual({ 'a/1': 'one', 'a/2': 'two' });
});

test('moves a single file', async () => {
  plantAll();
  const request = move({ source_path: `${folder.path}/out/c`, destination_path: 's3://bucket/o/c' });
  await syncData(request, undefined, worldOf(folderStores(folder.path)));
  expect(source()).toEqual({ 'a/1': 'one', 'a/2': 'two' });
  expect(destination()).toEqual({ stale: 'old', 'a/1': 'an older one', c: 'three' });
});

describe('a move whose removal takes several calls', () => {
  /** Ends a call after the removal of one file, and returns its outcome for the next call. */
  async function moveInPart(fields = {}): Promise<SyncOutcome> {
    const calls: string[] = [];
    const stores = faultyStores(folderStores(folder.path), { calls });
    const isRemoved = () => calls.includes(`removed ${folder.path}/out/a/1`);
    const outcome = await syncData(
      move(fields),
      undefined,
      worldOf(stores, { time: { remainingMs: () => (isRemoved() ? 0 : 900_000) } }),
    );
    expect(outcome.status).toBe('INCOMPLETE');
    expect(Object.keys(source())).not.toContain('a/1');
    return outcome;
  }
  const goOn = ({ cursor, sourceState }: SyncOutcome) =>
    syncData({ ...move(), ...(sourceState && { sourceState }) }, cursor, worldOf(folderStores(folder.path)));

  test('resumes in the next call', async () => {
    plantAll();
    const outcome = await moveInPart();
    await expect(goOn(outcome)).resolves.toMatchObject({ status: 'DONE' });
    expect(source()).toEqual({});
    expect(destination()).toEqual(SOURCE);
  });

  test.each([
    ['of the same size', 'THREE'],
    ['of another size', 'three!'],
  ])('refuses a file that was changed since the last call, %s, and a repeat moves it', async (_, content) => {
    plantAll();
    const outcome = await moveInPart();
    plant(join(folder.path, 'out'), { c: content });
    await expect(goOn(outcome)).rejects.toThrow(TransferMismatch);
    expect(source()).toMatchObject({ c: content });
    await syncData(move(), undefined, worldOf(folderStores(folder.path)));
    expect(source()).toEqual({});
    expect(destination()).toEqual({ ...SOURCE, c: content });
  });

  test('refuses a file that was added since the last call, and a repeat moves it', async () => {
    plantAll();
    const outcome = await moveInPart();
    plant(join(folder.path, 'out'), { b: 'new' });
    await expect(goOn(outcome)).rejects.toThrow(TransferMismatch);
    await syncData(move(), undefined, worldOf(folderStores(folder.path)));
    expect(source()).toEqual({});
    expect(destination()).toEqual({ ...SOURCE, b: 'new' });
  });
});

test('a move with size_only compares contents', async () => {
  plantAll();
  plant(join(folder.path, 's3/bucket/o'), { c: 'THREE' });
  await syncData(move({ size_only: true }), undefined, worldOf(folderStores(folder.path)));
  expect(source()).toEqual({});
  expect(destination()).toEqual(SOURCE);
});
