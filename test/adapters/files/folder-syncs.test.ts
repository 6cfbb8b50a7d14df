import { join } from 'node:path';
import { FolderSyncs } from '../../../src/adapters/files/folder-syncs';
import { plant, useFolder } from '../../transfer/folders';

const folder = useFolder();

test('each call gets a sync of the folder that begins after the call', async () => {
  plant(folder.path, { a: '1' });
  const syncs = new FolderSyncs();
  await Promise.all(Array.from({ length: 10 }, () => syncs.sync(folder.path)));
  await syncs.sync(folder.path);
  await expect(syncs.sync(join(folder.path, 'absent'))).rejects.toMatchObject({ code: 'ENOENT' });
});
