/** The sweeper on a file system whose listings do not tell the types of entries, as those of NFS for large folders. */
import { writeFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { join } from 'node:path';
import { fileSweep } from '../../../src/adapters/files/file-sweep';
import { plant, useFolder } from '../../transfer/folders';

const folder = useFolder();
const { signal } = new AbortController();
const NAME = Buffer.from([0x61, 0xe9]);
const volume = () => ({ path: join(folder.path, 'tmp'), root: folder.path });

/** Node asks for each type then. It makes the path of the entry from the text of the name, and finds no such entry. */
function withoutTypes(): void {
  const refuse = ({ encoding, types }: { encoding?: string | null | undefined; types: boolean }) => {
    if (!types || encoding === 'buffer') return;
    throw Object.assign(new Error('no such file or directory, lstat'), { code: 'ENOENT' });
  };
  const { opendir, readdir } = promises;
  jest.spyOn(promises, 'opendir').mockImplementation(async (path, options) => {
    refuse({ ...options, types: true });
    return opendir(path, options);
  });
  jest.spyOn(promises, 'readdir').mockImplementation((async (path: string, options: object) => {
    const { encoding, withFileTypes: types = false } = options as { encoding?: string; withFileTypes?: true };
    refuse({ encoding, types });
    return readdir(path, options);
  }) as typeof readdir);
}

beforeEach(() => {
  plant(join(folder.path, 'tmp'), { 'in/a': 'x' });
  for (const path of [volume().path, join(volume().path, 'in')])
    writeFileSync(Buffer.concat([Buffer.from(`${path}/`), NAME]), 'four');
  withoutTypes();
});
afterEach(() => jest.restoreAllMocks());

test('the entries of a volume have the bytes of their names', async () => {
  const keys: string[] = [];
  for await (const { key } of fileSweep.entries(volume(), '')) keys.push(key);
  expect(keys).toEqual(['a\xe9', 'in']);
});

test('a unit is measured whole, and removed', async () => {
  expect(await fileSweep.measure(volume(), 'in', { signal })).toMatchObject({ bytes: 5, isWhole: true });
  const condemned = await fileSweep.condemn(volume(), { key: 'in' });
  expect(await fileSweep.remove(volume(), condemned ?? '', signal)).toEqual({ bytes: 5, failures: [] });
});
