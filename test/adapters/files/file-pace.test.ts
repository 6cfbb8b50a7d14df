import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FilePace } from '../../../src/adapters/files/file-pace';
import { FileStore } from '../../../src/adapters/files/file-store';
import type { RangedSource } from '../../../src/adapters/ranged';
import { TransferMismatch } from '../../../src/errors';
import type { Location } from '../../../src/transfer/location';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { harvest, useFolder } from '../../transfer/folders';
import { everythingTakes } from './clock';

const folder = useFolder();
const signal = new AbortController().signal;

afterEach(() => jest.restoreAllMocks());

test('a disk is slow after a few slow files, not after one', () => {
  everythingTakes(30);
  const pace = new FilePace();
  pace.time(() => undefined);
  expect(pace.isFast).toBe(true);
  for (let file = 0; file < 3; file++) pace.time(() => undefined);
  expect(pace.isFast).toBe(false);
});

/** Returns a source with this content for every range. */
function sourceOf(content: string): RangedSource {
  return {
    ranges: { bytes: 1024, atOnce: 2 },
    async *readRange() {
      yield Buffer.from(content);
    },
    read: () => Readable.from([Buffer.from(content)]),
  } as unknown as RangedSource;
}

test.each([
  ['fast', 0.01],
  ['slow', 30],
])('small files arrive on a %s disk, and a failed one leaves nothing', async (_, ms) => {
  everythingTakes(ms);
  const store = new FileStore({ root: folder.path });
  const at = (name: string): Location => localLocation(join(folder.path, name));
  const receive = (name: string, size: number) =>
    store.copyFrom(sourceOf('content'), at('source'), { key: '', size }, at(name), signal);
  for (let file = 0; file < 8; file++) expect(await receive(`new/f${file % 2}`, 7)).toBe(true);
  await expect(receive('new/f0', 6)).rejects.toThrow(TransferMismatch);
  await expect(receive('new', 7)).rejects.toMatchObject({ name: 'UnsafePath' });
  expect(harvest(folder.path)).toEqual({ 'new/f0': 'content', 'new/f1': 'content' });
  expect(readdirSync(folder.path)).toEqual(['new']);
});
