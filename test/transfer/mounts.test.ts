import { FileSystemNotMounted, UnsafePath } from '../../src/errors';
import { parseLocation } from '../../src/transfer/location';
import { findMount, type MountPoint, toMountedPath } from '../../src/transfer/mounts';
import { localLocation } from '../../src/transfer/schemes/file-systems';

const mounts: MountPoint[] = [
  { path: '/mnt/whole', fileSystemId: 'fs-1', root: '/' },
  { path: '/mnt/scratch', fileSystemId: 'fs-1', root: '/scratch' },
  { path: '/mnt/other/', fileSystemId: 'fs-2', root: '/data/' },
];

test.each([
  ['fs-1:/a/b', '/mnt/whole/a/b'],
  ['fs-1:/scratch/a', '/mnt/scratch/a'],
  ['fs-1:/scratch', '/mnt/scratch'],
  ['fs-1:/scratch-2/a/', '/mnt/whole/scratch-2/a/'],
  ['fs-2:/data/x', '/mnt/other/x'],
  ['/anywhere', '/anywhere'],
])('the local path of %s is %s', (text, path) => {
  expect(toMountedPath(parseLocation(text), mounts)).toEqual(localLocation(path));
});

test.each(['fs-3:/a', 'fs-2:/elsewhere'])('%s is in no mount, and the error names the mounts', (text) => {
  const find = () => toMountedPath(parseLocation(text), mounts);
  expect(find).toThrow(FileSystemNotMounted);
  expect(find).toThrow(`${text} is not in a file system that is mounted here`);
  expect(find).toThrow('fs-2:/data/ at /mnt/other/');
});

test('the error says that there are no mounts', () => {
  expect(() => toMountedPath(parseLocation('fs-3:/a'), [])).toThrow('(mounted: none)');
});

test.each(['fs-1:/scratch/../secret', '/mnt/scratch/../whole'])(
  '%s is refused: its symbolic links may lead anywhere',
  (text) => {
    expect(() => findMount(parseLocation(text), mounts)).toThrow(UnsafePath);
  },
);

test.each([
  'fs-1:/.demand.leases',
  'fs-2:/data/.Demand.kept/x',
  '/mnt/whole/.demand',
  '/mnt/other/./.demand.x/y',
])('%s is a place of the records of the service', (text) => {
  const find = () => findMount(parseLocation(text), mounts);
  expect(find).toThrow(UnsafePath);
  expect(find).toThrow(`${text} is a place of the service's own records`);
});

test.each(['fs-1:/.demands', 'fs-1:/a/.demand.env', '/.demand.leases'])('%s is a place of data', (text) => {
  expect(() => toMountedPath(parseLocation(text), mounts)).not.toThrow();
});

test('the mount of a local path is the mount with the deepest path', () => {
  const nested = [...mounts, { path: '/mnt/whole/inner', fileSystemId: 'fs-9', root: '/' }];
  expect(findMount(parseLocation('/mnt/whole/inner/a'), nested).mount.fileSystemId).toBe('fs-9');
  expect(findMount(parseLocation('/mnt/whole/a'), nested).mount.fileSystemId).toBe('fs-1');
  expect(() => findMount(parseLocation('/mnt/wholesome'), nested)).toThrow(FileSystemNotMounted);
});
