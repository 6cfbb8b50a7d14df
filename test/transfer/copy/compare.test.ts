import { createHash } from 'node:crypto';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withChecksums } from '../../../src/transfer/copy/compare';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { syncData } from '../../../src/transfer/sync';
import { openTransfer } from '../../../src/transfer/transfer';
import { folderStores, harvest, plant, syncRequest, useFolder, worldOf } from '../folders';

const folder = useFolder();
const MIB = 1024 ** 2;
const md5 = (content: string | Buffer) => createHash('md5').update(content).digest();

const request = (fields = {}) =>
  syncRequest({
    source_path: `${folder.path}/from`,
    destination_path: `${folder.path}/to`,
    size_only: false,
    ...fields,
  });

test('a file of the same size is copied only if its content differs', async () => {
  plant(join(folder.path, 'from'), { same: 'aa', other: 'bb' });
  plant(join(folder.path, 'to'), { same: 'aa', other: 'zz' });
  const outcome = await syncData(request(), undefined, worldOf(folderStores(folder.path)));
  expect(outcome).toMatchObject({ filesTransferred: 1, bytesTransferred: 2 });
  expect(harvest(join(folder.path, 'to'))).toEqual({ same: 'aa', other: 'bb' });
});

/** Compares a file of this content with a source that was listed with this ETag. */
async function checksumsFor(content: string, version: string) {
  plant(join(folder.path, 'from'), { file: content });
  plant(join(folder.path, 'to'), { file: content });
  const world = worldOf(folderStores(folder.path));
  const transfer = await openTransfer(request(), world);
  const there = await transfer.target.stat(localLocation(`${folder.path}/to/file`));
  const file = { key: 'file', size: content.length, version };
  const [source, destination] = await withChecksums(transfer, file, { ...there!, key: 'file' }, world.signal);
  return { source: source.checksum, destination: destination?.checksum };
}

describe('the ETag of an object', () => {
  test('of one upload request is the tag of a file with the same content', async () => {
    const { source, destination } = await checksumsFor('hello', `"${md5('hello').toString('hex')}"`);
    expect(destination).toBe(source);
  });

  test.each([5, 8, 16])('in parts of %d MiB is the tag of a file with the same content', async (size) => {
    const content = 'x'.repeat(20 * MIB + 1);
    const parts: Buffer[] = [];
    for (let at = 0; at < content.length; at += size * MIB)
      parts.push(md5(content.slice(at, at + size * MIB)));
    const etag = `"${md5(Buffer.concat(parts)).toString('hex')}-${parts.length}"`;
    const { source, destination } = await checksumsFor(content, etag);
    expect(destination).toBe(source);
  });

  test.each([
    ['that is not an MD5', `"${'0'.repeat(32)}"`],
    ['with a number of parts that no part size gives', `"${'0'.repeat(32)}-77"`],
  ])('%s is not the tag of any file', async (_, etag) => {
    const { source, destination } = await checksumsFor('hello', etag);
    expect(destination).not.toBe(source);
  });
});

test('a file that changes during the comparison is refused', async () => {
  plant(join(folder.path, 'from'), { file: 'aa' });
  plant(join(folder.path, 'to'), { file: 'aa' });
  const world = worldOf(folderStores(folder.path));
  const transfer = await openTransfer(request(), world);
  writeFileSync(join(folder.path, 'from/file'), 'bb');
  utimesSync(join(folder.path, 'from/file'), 1, 1);
  const there = await transfer.target.stat(localLocation(`${folder.path}/to/file`));
  await expect(
    withChecksums(transfer, transfer.files[0]!, { ...there!, key: 'file' }, world.signal),
  ).rejects.toMatchObject({ name: 'TransferMismatch' });
});
