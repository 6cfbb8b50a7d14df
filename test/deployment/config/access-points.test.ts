import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readConfig } from '../../../deployment/config';
import { stackOf } from '../../../deployment/stack';

const BROUGHT = parse(readFileSync('config/default.yml', 'utf8'));
const CREATED = parse(readFileSync('config/local.yml', 'utf8'));
const [MAIN] = BROUGHT.fileSystems;
const id = (digit: number) => `fsap-0123456789abcdef${digit}`;

const mistakesOf = (accessPoints: unknown, more: readonly object[] = []) => {
  try {
    readConfig({ ...BROUGHT, fileSystems: [{ ...MAIN, accessPoints }, ...more] }, 'config/x.yml');
    return [];
  } catch (error) {
    return (error as Error).message.split('\n  ').slice(1);
  }
};
const listed = { scratch: [{ id: id(1), path: '/scratch' }], shared: [{ id: id(2), path: '/shared' }] };

test('a list for scratch and for shared is enough', () => {
  expect(mistakesOf(listed)).toEqual([]);
});

test.each([
  ['no list', undefined, ['/fileSystems/0/accessPoints: is missing']],
  ['null', null, ['/fileSystems/0/accessPoints: expected an object with fields, got null']],
  [
    'empty lists',
    { scratch: [], shared: [] },
    [
      '/fileSystems: list an access point for the role scratch (accessPoints.scratch)',
      '/fileSystems: list an access point for the role shared (accessPoints.shared)',
    ],
  ],
  [
    'the whole file system',
    { ...listed, scratch: [{ id: id(1), path: '/' }] },
    [
      '/fileSystems/0/accessPoints/scratch/0/path: expected a folder such as /scratch, of one to four names, got "/"',
    ],
  ],
  [
    'a folder of the service',
    { ...listed, tmp: [{ id: id(3), path: '/.demand.verified' }] },
    [expect.stringContaining('/fileSystems/0/accessPoints/tmp/0/path: expected a folder without the names')],
  ],
  [
    'a path with ".."',
    { ...listed, tmp: [{ id: id(3), path: '/a/../scratch' }] },
    [expect.stringContaining('/fileSystems/0/accessPoints/tmp/0/path: expected a folder without the names')],
  ],
  [
    'the access point of the functions',
    { ...listed, tmp: [{ id: id(0), path: '/tmp' }] },
    [
      '/fileSystems/0/accessPoints/tmp/0/id: is the access point of the functions, and no demand may mount it',
    ],
  ],
  [
    'one access point for two roles',
    { ...listed, tmp: [{ id: id(2), path: '/tmp' }] },
    [`/fileSystems/0/accessPoints/tmp/0/id: ${id(2)} is listed twice`],
  ],
  [
    'a folder inside the folder of another role',
    { ...listed, tmp: [{ id: id(3), path: '/scratch/tmp' }] },
    [
      '/fileSystems/0/accessPoints/tmp/0/path: /scratch/tmp (tmp) and /scratch (scratch) are the same folder, or one contains the other',
    ],
  ],
  [
    'one folder for two roles',
    { ...listed, tmp: [{ id: id(3), path: '/shared' }] },
    [expect.stringContaining('/shared (tmp) and /shared (shared) are the same folder')],
  ],
])('the configuration refuses %s', (_, accessPoints, mistakes) => {
  expect(mistakesOf(accessPoints)).toEqual(mistakes);
});

test('the configuration refuses one file system under two names', () => {
  const again = { ...MAIN, name: 'again', accessPoints: { scratch: [{ id: id(4), path: '/scratch/x' }] } };
  expect(mistakesOf(listed, [again])).toEqual([`/fileSystems/1/id: ${MAIN.id} is listed twice`]);
});

test('the functions get the list of existing access points as it is', () => {
  expect(stackOf(BROUGHT, 'config/x.yml', 'x').accessPoints).toBe(
    JSON.stringify(
      ['scratch', 'shared', 'tmp'].map((role, index) => [
        ...[role, id(index + 1), role, `/${role}`, MAIN.id],
        null,
      ]),
    ),
  );
});

test('the functions get the ids of created access points, and never that of their own', () => {
  const archive = { ...CREATED.fileSystems[0], name: 'archive' };
  const { accessPoints } = stackOf(
    { ...CREATED, fileSystems: [...CREATED.fileSystems, archive] },
    'config/x.yml',
    'x',
  );
  const text = (accessPoints as { 'Fn::Sub': string })['Fn::Sub'];
  expect(JSON.parse(text)).toHaveLength(6);
  expect(JSON.parse(text)[3]).toEqual([
    'scratch',
    '${ArchiveFileSystemScratchAccessPoint}',
    'archive-scratch',
    '/scratch',
    '${ArchiveFileSystem}',
    'x-demand-archive',
  ]);
  expect(text).not.toContain('Root');
});
