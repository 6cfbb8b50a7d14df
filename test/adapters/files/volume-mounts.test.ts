import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FileTrees } from '../../../src/adapters/files/file-trees';
import { withVolumes } from '../../../src/adapters/files/volume-mounts';
import { mountedStores } from '../../../src/adapters/stores';
import { VOLUME_ROLES } from '../../../src/efs/model';
import { removePaths } from '../../../src/paths/remove';
import { parseLocation } from '../../../src/transfer/location';

const { signal } = new AbortController();
const LISTED = VOLUME_ROLES.map((role) => ({
  role,
  accessPointId: `fsap-${role}`,
  fileSystemId: 'fs-1',
  name: role,
  path: `/team/${role}`,
}));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'volume-mounts-'));
  mkdirSync(join(folder, 'team/shared/key'), { recursive: true });
  mkdirSync(join(folder, 'team/scratch/run-1/in'), { recursive: true });
  writeFileSync(join(folder, 'team/shared/key/data'), 'of others');
});
afterEach(() => rmSync(folder, { recursive: true }));

const mount = () => ({ path: folder, fileSystemId: 'fs-1', root: '/' });
const volumes = () => withVolumes([mount()], LISTED);
const remove = async (...paths: readonly string[]) =>
  removePaths(
    paths.map((path) => parseLocation(`fs-1:${path}`)),
    { trees: new FileTrees(), signal, settings: { mounts: await volumes() } },
  );

test('each volume that exists is a mount of its own, beside the mount of the file system', async () => {
  expect(await volumes()).toEqual([
    mount(),
    { path: join(folder, 'team/scratch'), fileSystemId: 'fs-1', root: '/team/scratch', isVolume: true },
    { path: join(folder, 'team/shared'), fileSystemId: 'fs-1', root: '/team/shared', isVolume: true },
  ]);
});

test('volumes of other file systems, and outside of the mount, are no mounts', async () => {
  expect(await withVolumes([{ ...mount(), fileSystemId: 'fs-2' }], LISTED)).toHaveLength(1);
  expect(await withVolumes([{ ...mount(), root: '/other' }], LISTED)).toHaveLength(1);
  expect(await withVolumes([{ ...mount(), root: '/team/shared' }], LISTED)).toHaveLength(1);
});

test('a folder of a mounted access point is found below its root', async () => {
  const inside = { path: join(folder, 'team'), fileSystemId: 'fs-1', root: '/team' };
  expect((await withVolumes([inside], LISTED)).map(({ path }) => path)).toEqual([
    join(folder, 'team'),
    join(folder, 'team/scratch'),
    join(folder, 'team/shared'),
  ]);
});

test('a link in the place of a volume is no volume', async () => {
  symlinkSync(join(folder, 'team/scratch'), join(folder, 'team/tmp'));
  expect((await volumes()).map(({ root }) => root)).not.toContain('/team/tmp');
});

test.each(['/team/shared', '/team/shared/', '//team/./shared', '/team', '/'])(
  'the removal of %s is refused before anything is removed',
  async (path) => {
    await expect(remove('/team/scratch/run-1', path)).rejects.toMatchObject({
      name: 'UnsafePath',
      message: expect.stringContaining('is or contains the root of a mounted file system or of a volume'),
    });
    expect(existsSync(join(folder, 'team/scratch/run-1'))).toBe(true);
    expect(existsSync(join(folder, 'team/shared/key/data'))).toBe(true);
  },
);

test('a link that a job has left leads no removal out of its volume', async () => {
  rmSync(join(folder, 'team/scratch/run-1/in'), { recursive: true });
  // In the container this leads to the shared volume; for the function it leads to the file system.
  symlinkSync('../..', join(folder, 'team/scratch/run-1/in'));
  await expect(remove('/team/scratch/run-1/in/shared')).rejects.toThrow('outside of');
  await expect(remove('/team/scratch/run-1/in/shared/key')).rejects.toThrow('outside of');
  expect(readFileSync(join(folder, 'team/shared/key/data'), 'utf8')).toBe('of others');
  await remove('/team/scratch/run-1');
  expect(existsSync(join(folder, 'team/shared/key/data'))).toBe(true);
});

test('a link that a job has left leads no transfer out of its volume', async () => {
  symlinkSync('../../shared/key', join(folder, 'team/scratch/run-1/link'));
  const there = parseLocation('fs-1:/team/scratch/run-1/link/data');
  const store = mountedStores(await volumes()).open(there);
  await expect(store.write(there, Readable.from(['evil']), 4, signal)).rejects.toMatchObject({
    name: 'UnsafePath',
  });
  await expect(store.stat(there)).rejects.toMatchObject({ name: 'UnsafePath' });
  expect(readFileSync(join(folder, 'team/shared/key/data'), 'utf8')).toBe('of others');
});
