import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileLeases } from '../../../src/adapters/files/file-leases';
import { previewTransfer } from '../../../src/transfer/preview';
import { syncData } from '../../../src/transfer/sync';
import { folderStores, plant, syncRequest, useFolder, worldOf } from '../../transfer/folders';

const folder = useFolder();
const HOUR_S = 3_600;
const [OLD, YOUNG] = ['.0123456789ab.0123456789ab.partial', '.0123456789ab.ba9876543210.partial'];
/** The mark of a move that has begun to remove its source. */
const MARK = '.0123456789ab.moved.partial';

function plantAged(path: string, hours: number): void {
  plant(folder.path, { [path]: 'half' });
  const time = Date.now() / 1000 - hours * HOUR_S;
  utimesSync(join(folder.path, path), time, time);
}

const request = (fields = {}) =>
  syncRequest({ source_path: 's3://bucket/in/', destination_path: `${folder.path}/dst`, ...fields });
const names = (of: string) => readdirSync(join(folder.path, of)).sort();

beforeEach(() => {
  plant(folder.path, { 's3/bucket/in/a/new': '1' });
  for (const place of ['dst', 'dst/a']) {
    for (const name of [OLD, MARK]) plantAged(`${place}/${name}`, 25);
    plantAged(`${place}/${YOUNG}`, 23);
  }
});

test.each([
  ['without a lock', {}],
  ['with a lock', { require_lock: true }],
])('a write removes partial files of a day ago from its folder, %s', async (_, fields) => {
  const world = worldOf(folderStores(folder.path), { leases: fileLeases({ mounts: [] }) });
  await syncData(request(fields), undefined, world);
  expect(names('dst/a')).toEqual([YOUNG, MARK, 'new'].sort());
  // The transfer has written no file there.
  expect(names('dst')).toEqual([OLD, YOUNG, MARK, 'a'].sort());
});

test('a read removes no partial file from its folder', async () => {
  for (const name of [OLD, YOUNG]) plantAged(`s3/bucket/in/a/${name}`, 25);
  const filtered = request({ filter_config: { exclude: '.*partial' } });
  await syncData(filtered, undefined, worldOf(folderStores(folder.path)));
  expect(names('s3/bucket/in/a')).toEqual([OLD, YOUNG, 'new'].sort());
});

test('a preview removes nothing', async () => {
  await previewTransfer(request(), worldOf(folderStores(folder.path)));
  expect(names('dst/a')).toEqual([OLD, YOUNG, MARK].sort());
});
