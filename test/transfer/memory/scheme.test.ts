/**
 * A new scheme needs a file, a line in the table of schemes (here a mock of the module adds it), and a store. All parts
 * of the engine work with it then.
 */

import { join } from 'node:path';
import { SINGLE_FUNCTION } from '../../../src/efs/function-routing';
import { UNRESTRICTED } from '../../../src/rules/model';
import { dataSync } from '../../../src/steps/data-sync';
import { getJsonFromFile } from '../../../src/steps/get-json-from-file';
import { planDataSync } from '../../../src/steps/plan-data-sync';
import { putJsonToFile } from '../../../src/steps/put-json-to-file';
import { removeDataPaths } from '../../../src/steps/remove-data-paths';
import { isUri, parseLocation } from '../../../src/transfer/location';
import type { Stores } from '../../../src/transfer/store';
import { folderStores, harvest, plant, type Tree, useFolder, worldOf } from '../folders';
import { MEMORY } from './scheme';
import { MemoryStore } from './store';

jest.mock('../../../src/transfer/schemes', () => {
  const schemes = jest.requireActual('../../../src/transfer/schemes');
  return { ...schemes, SCHEMES: [...schemes.SCHEMES, jest.requireActual('./scheme').MEMORY] };
});

const TREE: Tree = { 'a/1': '1', 'a/x/2': '22', 'b-c': '333', c: '4444' };
const TOTALS = { bytes_transferred: 10, files_transferred: 4 };
const NOTHING = { bytes_transferred: 0, files_transferred: 0 };

const folder = useFolder();
let memory: MemoryStore;
let stores: Stores;

beforeEach(() => {
  memory = new MemoryStore();
  const folders = folderStores(folder.path);
  stores = { open: (location) => (location.scheme === MEMORY ? memory : folders.open(location)) };
  plant(join(folder.path, 'tree'), TREE);
});

const world = () => ({
  ...worldOf(stores),
  report: () => undefined,
  readJson: async () => undefined,
  writeJson: async () => undefined,
  settings: {
    rules: UNRESTRICTED,
    mounts: [],
    inlineLimits: { maxBytes: 1_000, maxFiles: 100 },
    routing: SINGLE_FUNCTION,
    defaultPayloadPath: 's3://plans/one',
  },
});

const sync = async (source_path: string, destination_path: string, fields = {}) => {
  const request = { source_path, destination_path, include_detailed_response: true, ...fields };
  return (await dataSync(request, world())) as { readonly result: unknown };
};
const local = (name: string) => join(folder.path, name);
const treeAt = (uri: string): Tree =>
  Object.fromEntries(
    [...memory.objects]
      .filter(([name]) => name.startsWith(uri))
      .map(([name, content]) => [name.slice(uri.length), content.toString()]),
  );

describe('a transfer', () => {
  test('copies from a folder to memory, to S3 and back to a folder', async () => {
    expect(await sync(local('tree'), 'memory://one/copy')).toMatchObject({ result: TOTALS });
    expect(treeAt('memory://one/copy/')).toEqual(TREE);
    expect(await sync('memory://one/copy/', 'memory://two/copy/')).toMatchObject({ result: TOTALS });
    expect(await sync('memory://two/copy/', 's3://bucket/copy/')).toMatchObject({ result: TOTALS });
    expect(await sync('memory://two/copy/', local('back'))).toMatchObject({ result: TOTALS });
    expect(harvest(local('s3/bucket/copy'))).toEqual(TREE);
    expect(harvest(local('back'))).toEqual(TREE);
  });

  test('compares contents by the ETags of the store', async () => {
    await sync(local('tree'), 'memory://one/copy/');
    plant(local('tree'), { c: '5555' });
    const again = await sync(local('tree'), 'memory://one/copy/', { size_only: false });
    expect(again).toMatchObject({ result: { bytes_transferred: 4, files_transferred: 1 } });
    expect(treeAt('memory://one/copy/')).toEqual({ ...TREE, c: '5555' });
  });

  test('answers with the texts of the request', async () => {
    const answer = await sync(local('tree'), 'memory://one/copy');
    expect(answer).toMatchObject({ request: { destination_path: 'memory://one/copy' } });
  });

  test('needs no lease in memory', async () => {
    const locked = await sync(local('tree'), 'memory://one/copy/', { require_lock: true });
    expect(locked).toMatchObject({ result: TOTALS });
  });

  test('names a file after its source', async () => {
    await sync(local('tree/c'), 'memory://one/files/');
    expect(treeAt('memory://one/')).toEqual({ 'files/c': '4444' });
  });
});

test('a mirror removes files that the source does not have, and spares keep_paths', async () => {
  for (const key of ['stale', 'a/stale', 'kept/x'])
    memory.objects.set(`memory://one/copy/${key}`, Buffer.from('s'));
  await sync(local('tree'), 'memory://one/copy/', { keep_paths: ['memory://one/copy/kept'] });
  expect(treeAt('memory://one/copy/')).toEqual({ ...TREE, 'kept/x': 's' });
});

test('a move removes the source, in a folder and in memory', async () => {
  await sync(local('tree'), 'memory://one/copy/', { retain_source_data: false });
  expect(harvest(local('tree'))).toEqual({});
  await sync('memory://one/copy/', 's3://bucket/moved/', { retain_source_data: false });
  expect(memory.objects.size).toBe(0);
  expect(harvest(local('s3/bucket/moved'))).toEqual(TREE);
});

describe('a plan', () => {
  test('has the parts of the contract, and a folder ends with a slash', async () => {
    const request = {
      source_path: local('tree'),
      destination_path: 'memory://one/copy',
      batch_size_bytes_limit: 6,
    };
    const parts = (...keys: string[]) =>
      keys.map((key) => ({
        source_path: local(join('tree', key)).replace(/\/$/, ''),
        destination_path: `memory://one/copy/${key}`,
      }));
    expect(await planDataSync(request, world())).toMatchObject({
      requests: [{ requests: parts('c') }, { requests: parts('a/', 'b-c') }],
    });
  });

  test('for the state machine copies all files batch by batch', async () => {
    const request = { source_path: local('tree'), destination_path: 'memory://one/copy/' };
    const event = { data_sync_request: { ...request, retain_source_data: false } };
    const plan = (await planDataSync(event, world())) as { batches: object[]; finish_request: object };
    for (const batch of plan.batches)
      expect(await dataSync({ batch }, world())).toMatchObject({ status: 'DONE', result: TOTALS });
    const finish = { finish_request: plan.finish_request };
    const { status, cursor } = (await dataSync(finish, world())) as { status: string; cursor: string };
    expect(status).toBe('INCOMPLETE');
    expect(await dataSync({ ...finish, cursor }, world())).toMatchObject({ status: 'DONE', result: NOTHING });
    expect(treeAt('memory://one/copy/')).toEqual(TREE);
    expect(harvest(local('tree'))).toEqual({});
  });
});

test('documents are written and read in memory', async () => {
  const at = { ...world(), requestId: 'one', settings: { rules: UNRESTRICTED } };
  await putJsonToFile({ content: { a: 1 }, path: 'memory://one/a.json' }, at);
  expect(await getJsonFromFile({ path: 'memory://one/a.json' }, at)).toEqual({ content: { a: 1 } });
});

test('a removal of data paths ignores memory, as it ignores S3', async () => {
  memory.objects.set('memory://one/a', Buffer.from('1'));
  const trees = { removeTree: async () => ({ bytes: 1, failures: [] }) };
  const removed = await removeDataPaths({ paths: ['memory://one/a'] }, { ...world(), trees });
  expect(removed).toEqual({ size_bytes_removed: 0, paths_removed: [] });
});

test('a malformed URI of the new scheme is refused with all forms', () => {
  expect(isUri('memory:broken')).toBe(true);
  expect(() => parseLocation('memory:broken')).toThrow(
    '"memory:broken" is not a location. Give s3://bucket/key, fs-<hex>:/path, an absolute path, file:///path or ' +
      'memory://name/key; a bucket has 3 to 63 of A-Za-z0-9.-; a name has a-z',
  );
});
