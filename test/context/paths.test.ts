import { createHash } from 'node:crypto';
import { executionPaths, isWithin, joinPath, sharedInputKey, toEfsLocation } from '../../src/context/paths';
import { chooseCandidates, fileSystemConfigurationsSchema } from '../../src/efs/configuration';
import type { Volume, Volumes } from '../../src/efs/model';
import { formatLocation } from '../../src/transfer/location';
import { readModel } from '../../src/wire/schema';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const chosen = (configurations: unknown = {}) =>
  chooseCandidates(readModel(fileSystemConfigurationsSchema, configurations), 'run-1');
const SETTINGS = { isolateInputs: true, allowFileRemotes: false };

function place(
  direction: 'input' | 'output',
  local: string,
  {
    remote = 's3://bucket/k',
    ...options
  }: { remote?: string; isolateInputs?: boolean; allowFileRemotes?: boolean } = {},
): string {
  const paths = executionPaths('run-1', chosen(), { ...SETTINGS, ...options });
  const placed = paths.place(direction, { local, remote, filters: {} });
  return 'path' in placed ? placed.path : placed.refusal.message;
}

test.each([
  ['/a', '/a', true],
  ['/a/b', '/a', true],
  ['/ab', '/a', false],
  ['/', '/a', false],
  ['/a', '/', true],
])('%s is within %s: %s', (path, folder, expected) => {
  expect(isWithin(path, folder)).toBe(expected);
});

test('a joined path has single slashes and no dots', () => {
  expect(joinPath('/a/', './b//c/', '', '.')).toBe('/a/b/c');
  expect(joinPath('')).toBe('/');
  expect(joinPath('/a', '...')).toBe('/a/...');
});

describe('a local path', () => {
  test.each([
    ['a', '/opt/efs/scratch/run-1/a'],
    ['./a//b/', '/opt/efs/scratch/run-1/a/b'],
    ['.', '/opt/efs/scratch/run-1'],
    ['..a/b..', '/opt/efs/scratch/run-1/..a/b..'],
    ['//opt/./efs/scratch/y', '/opt/efs/scratch/y'],
  ])('%s is placed at %s', (local, path) => {
    expect(place('input', local)).toBe(path);
    expect(place('output', local)).toBe(path);
  });

  test.each(['..', 'a/../b', '/opt/efs/scratch/..', 'a/..'])('%s is refused for its ".."', (local) => {
    expect(place('input', local)).toContain(`"${local}" contains ".."`);
    expect(place('input', local, { isolateInputs: false })).toContain('contains ".."');
  });

  const key = sharedInputKey('s3://bucket/k', {});
  test.each([
    `/opt/efs/shared/${key}`,
    `//opt//efs/shared/${key}`,
    `/opt/efs/./shared/./${key}/`,
    `/opt/efs/scratch/all/shared/${key}`,
    '/opt/efs/shared',
    '/opt/efs/shared/.demand.verified',
  ])('%s is refused, because it lies in the shared volume', (local) => {
    const nested = chosen({ shared: { container_path: '/opt/efs/scratch/all/shared' } });
    const volumes = local.includes('/all/') ? nested : chosen();
    for (const direction of ['input', 'output'] as const) {
      const paths = executionPaths('run-1', volumes, SETTINGS);
      expect(paths.place(direction, { local, remote: 's3://evil/x', filters: {} })).toMatchObject({
        refusal: { message: expect.stringContaining('lies in the shared volume') },
      });
    }
  });

  test('in a volume that is mounted inside the shared volume is no path of the shared volume', () => {
    const volumes = chosen({ shared: { container_path: '/data' }, scratch: { container_path: '/data/own' } });
    const paths = executionPaths('run-1', volumes, SETTINGS);
    const given = { local: '/data/own/run-1/x', remote: 's3://bucket/k', filters: {} };
    expect(paths.place('output', given)).toMatchObject({ path: '/data/own/run-1/x' });
  });

  test.each(['/', '/etc', '/opt/efs', '/opt/efs/scratches'])(
    '%s is refused with the paths of the volumes',
    (local) => {
      expect(place('output', local)).toContain(
        'in none of the mounted volumes (/opt/efs/scratch, /opt/efs/shared)',
      );
    },
  );

  test('is refused when it is or contains a volume, also when the key of a shared input leads there', () => {
    const key = sharedInputKey('s3://bucket/k', {});
    const given = { local: 'a', remote: 's3://bucket/k', filters: {} };
    for (const inside of ['', '/deeper']) {
      const at = `/opt/efs/shared/${key}${inside}`;
      const volumes = chosen({ scratch: { container_path: at } });
      const paths = executionPaths('run-1', volumes, { ...SETTINGS, isolateInputs: false });
      expect(paths.place('input', given)).toMatchObject({
        refusal: { message: expect.stringContaining('is the whole volume scratch') },
      });
    }
    expect(place('input', '/opt/efs/./scratch/')).toContain('is the whole volume scratch');
  });

  test('of a shared input is replaced by its key', () => {
    const key = `/opt/efs/shared/${sharedInputKey('s3://bucket/k', {})}`;
    expect(place('input', '/etc', { isolateInputs: false })).toBe(key);
    expect(place('output', 'a', { isolateInputs: false })).toBe('/opt/efs/scratch/run-1/a');
    expect(place('output', '/etc', { isolateInputs: false })).toContain('in none of the mounted volumes');
  });
});

describe('a remote', () => {
  test.each(['s3://bucket', 's3://bucket/', 's3://a.b-C9/any key\n', 's3://b00/../x'])(
    '%j is valid',
    (remote) => {
      expect(place('output', 'a', { remote })).toBe('/opt/efs/scratch/run-1/a');
    },
  );

  test.each([
    '',
    'bucket/k',
    'gs://bucket/k',
    'S3://bucket/k',
    's3://ab/k',
    's3://-ab/k',
    's3://a_b/k',
    's3:///k',
    ' s3://bucket/k',
  ])('%j is refused', (remote) => {
    expect(place('output', 'a', { remote })).toContain(`"${remote}" is not an s3:// uri`);
  });

  test('with file:// is valid only where it is allowed', () => {
    expect(place('output', 'a', { remote: 'file:///x' })).toContain('is not an s3:// uri');
    expect(place('output', 'a', { remote: 'file:///x', allowFileRemotes: true })).toContain('run-1/a');
    expect(place('output', 'a', { remote: 'file://x', allowFileRemotes: true })).toContain(
      'is not an s3:// uri',
    );
  });

  /** Otherwise the transfer would fail on these URIs after the job. */
  test.each(['s3://bucket/a\0', 'file:///a%', 'file:///a%00'])(
    '%j is refused before the job runs',
    (remote) => {
      expect(place('output', 'a', { remote, allowFileRemotes: true })).toContain(
        'contains a NUL character or an invalid "%"',
      );
    },
  );
});

describe('keys of shared inputs', () => {
  test('differ by remote and by filters', () => {
    const keys = [
      sharedInputKey('s3://b/k', {}),
      sharedInputKey('s3://b/k/', {}),
      sharedInputKey('s3://b/k', { include: 'a' }),
      sharedInputKey('s3://b/k', { exclude: 'a' }),
      sharedInputKey('s3://b/k', { include: ['a', 'b'] }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(sharedInputKey('s3://b/k', {})).toBe(sha256('s3://b/k'));
    expect(sharedInputKey('s3://b/k', { include: 'a' })).toBe(sha256('["s3://b/k", "a", []]'));
    expect(sharedInputKey('s3://b/k', { exclude: 'a' })).toBe(sha256('["s3://b/k", [], "a"]'));
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the EFS location of a container path', () => {
  const volume = (role: Volume['role'], containerPath: string, accessPointPath: string): Volume => ({
    role,
    fileSystemId: `fs-${role}`,
    accessPointId: `fsap-${role}`,
    accessPointPath,
    containerPath,
  });
  const volumes: Volumes = {
    scratch: volume('scratch', '/opt', '/'),
    shared: volume('shared', '/opt/shared', '/shared/'),
    tmp: volume('tmp', '/opt/shared/tmp', '/t'),
  };

  test.each([
    ['/opt', 'fs-scratch:/'],
    ['/opt/a', 'fs-scratch:/a'],
    ['/opt/shared', 'fs-shared:/shared'],
    ['/opt/shared/a/b', 'fs-shared:/shared/a/b'],
    ['/opt/shared/tmp/x', 'fs-tmp:/t/x'],
    ['/opt/sharedness', 'fs-scratch:/sharedness'],
    ['/etc', undefined],
  ])('of %s is %s', (path, location) => {
    const found = toEfsLocation(path, volumes);
    expect(found && formatLocation(found)).toBe(location);
  });
});
