import type { VolumeRole } from '../../src/efs/model';
import { partsOf } from '../../src/sweep/parts';
import { sweepRequestSchema } from '../../src/sweep/request';
import { readModel } from '../../src/wire/schema';

const accessPoint = (role: VolumeRole, fileSystemId: string, path: string) => ({
  ...{ role, fileSystemId, path },
  accessPointId: 'fsap-1',
  name: role,
});
const LISTED = [
  accessPoint('scratch', 'fs-1', '/scratch'),
  accessPoint('scratch', 'fs-1', '/fast'),
  accessPoint('scratch', 'fs-1', '/fast'),
  accessPoint('tmp', 'fs-1', '/tmp'),
  accessPoint('shared', 'fs-2', '/inputs'),
];
const volume = (role: VolumeRole, more: object = {}) => ({ role, days_since_last_accessed: 3, ...more });
const partsFor = (volumes: readonly object[]) =>
  partsOf(readModel(sweepRequestSchema, { volumes }), ['fs-1', 'fs-2'], LISTED).map((part) => [
    part.function,
    part.fileSystemId,
    part.volume?.role,
    part.volume?.path,
    part.others,
  ]);

test('the volumes are the folders of the listed access points, each once', () => {
  expect(partsFor([volume('scratch'), volume('shared')])).toEqual([
    [0, 'fs-1', 'scratch', '/scratch', ['/fast']],
    [0, 'fs-1', 'scratch', '/fast', ['/scratch']],
    [0, 'fs-1', undefined, undefined, []],
    [1, 'fs-2', 'shared', '/inputs', []],
    [1, 'fs-2', undefined, undefined, []],
  ]);
});

test('the temporary files in scratch have the rules of temporary files', () => {
  expect(partsFor([volume('scratch'), volume('tmp')]).slice(0, 5)).toEqual([
    [0, 'fs-1', 'scratch', '/scratch', ['/fast', '/tmp', '/scratch/tmp', '/fast/tmp']],
    [0, 'fs-1', 'scratch', '/fast', ['/scratch', '/tmp', '/scratch/tmp', '/fast/tmp']],
    [0, 'fs-1', 'tmp', '/tmp', ['/scratch', '/fast', '/scratch/tmp', '/fast/tmp']],
    [0, 'fs-1', 'tmp', '/scratch/tmp', ['/scratch', '/fast', '/tmp', '/fast/tmp']],
    [0, 'fs-1', 'tmp', '/fast/tmp', ['/scratch', '/fast', '/tmp', '/scratch/tmp']],
  ]);
});

test('a given path replaces the folders of the access points, on each file system', () => {
  const paths = partsFor([volume('tmp', { path: '/other' })]).map(([, id, , path]) => [id, path]);
  expect(paths).toEqual([
    ['fs-1', '/other'],
    ['fs-1', undefined],
    ['fs-2', '/other'],
    ['fs-2', undefined],
  ]);
});

test('paths of one folder are one path, and a path with two roles is refused', () => {
  const paths = partsFor([volume('scratch', { path: '//s/' }), volume('tmp', { path: '/s/tmp/' })]);
  expect(paths.filter(([, id]) => id === 'fs-1').map(([, , , path, others]) => [path, others])).toEqual([
    ['/s', ['/s/tmp']],
    ['/s/tmp', ['/s']],
    [undefined, []],
  ]);
  for (const path of ['/s', '/s/', '//s'])
    expect(() => partsFor([volume('scratch', { path: '/s' }), volume('shared', { path })])).toThrow(
      '/s is the path of two volumes',
    );
});
