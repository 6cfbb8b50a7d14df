import { UnsafePath } from '../../../src/errors';
import { explainSubdirectory, type TaskEnd, toTaskEnd } from '../../../src/transfer/datasync/ends';
import { parseLocation } from '../../../src/transfer/location';

const MOUNTS = [{ path: '/mnt/efs', fileSystemId: 'fs-1', root: '/' }];
const endOf = (path: string, mounts = MOUNTS) => toTaskEnd(parseLocation(path), mounts);

test.each([
  ['s3://bucket', { kind: 's3', bucket: 'bucket', subdirectory: '' }],
  ['s3://bucket/run1', { kind: 's3', bucket: 'bucket', subdirectory: 'run1/' }],
  ['s3://bucket/run1/', { kind: 's3', bucket: 'bucket', subdirectory: 'run1/' }],
  ['fs-1:/', { kind: 'efs', fileSystemId: 'fs-1', subdirectory: '/' }],
  ['fs-1:/scratch//a', { kind: 'efs', fileSystemId: 'fs-1', subdirectory: '/scratch/a/' }],
  ['/mnt/efs/a', { kind: 'efs', fileSystemId: 'fs-1', subdirectory: '/a/' }],
])('%s is a folder of a task', (path, end) => {
  expect(endOf(path)).toEqual(end);
});

test.each(['fs-2:/a', '/tmp/a'])('%s is in no mount, and cannot be an end', (path) => {
  expect(endOf(path)).toBeUndefined();
});

test('a path with .. is refused', () => {
  expect(() => endOf('fs-1:/a/../b')).toThrow(UnsafePath);
});

test('the subdirectory of an access point is relative to its root', () => {
  const mounts = [{ path: '/mnt/scratch', fileSystemId: 'fs-1', root: '/scratch' }];
  expect(endOf('fs-1:/scratch/run/in', mounts)).toMatchObject({ subdirectory: '/run/in/' });
  expect(endOf('fs-1:/other', mounts)).toBeUndefined();
});

const s3 = (subdirectory: string): TaskEnd => ({ kind: 's3', bucket: 'bucket', subdirectory });
const efs = (subdirectory: string): TaskEnd => ({ kind: 'efs', fileSystemId: 'fs-1', subdirectory });

test.each([s3(''), s3('a/b-c_d+e.f (g)/'), s3('caf\u00a0x/'), efs('/'), efs('/a/b/')])(
  'DataSync takes the subdirectory "$subdirectory" in $kind',
  (end) => {
    expect(explainSubdirectory(end)).toBeUndefined();
  },
);

test.each([
  ['s3', '/a/', 'has an empty name, "." or ".."'],
  ['s3', 'a//b/', 'has an empty name, "." or ".."'],
  ['s3', 'a/./b/', 'has an empty name, "." or ".."'],
  ['s3', 'a/../b/', 'has an empty name, "." or ".."'],
  ['efs', '//a/', 'has an empty name, "." or ".."'],
  ['s3', 'date=1/', 'has other characters than A-Za-z0-9_-+./() and spaces'],
  ['efs', '/caf\u00e9/', 'has other characters than A-Za-z0-9_-+./() and spaces'],
] as const)('DataSync does not take a subdirectory in %s of "%s"', (kind, subdirectory, reason) => {
  const end = kind === 's3' ? s3(subdirectory) : efs(subdirectory);
  expect(explainSubdirectory(end)).toBe(`its path "${subdirectory}" ${reason}`);
});
