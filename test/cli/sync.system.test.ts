/** `demand sync`: runs the transfer engine by hand, on S3 and on folders. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { endpoint } from '../api/endpoint';
import { DemandProcess, type Ended, jsonLines } from './demand-process';
import { treeOf, World, writeTree } from './world';

const FILES = { 'a.txt': 'A', 'sub/b.csv': 'BB', 'sub/c d.txt': 'CCC' };
const BUCKET = 's3://demand-sync/';

let world: World;
let prefix: string;
let count = 0;
beforeAll(async () => {
  const s3 = new S3Client({ region: 'us-east-1', endpoint: endpoint(), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'demand-sync' }));
});
beforeEach(() => {
  world = new World();
  prefix = `${BUCKET}${count++}/`;
  writeTree(world.path('source'), FILES);
});
afterEach(() => world.remove());

function sync(...args: string[]): Promise<Ended> {
  return new DemandProcess(world.folder, [], ['sync', ...args]).ended;
}

test('a folder is copied to S3 and back, and a third copy finds no changes', async () => {
  expect(await sync('source', prefix)).toMatchObject({ exitCode: 0, stderr: '' });
  const down = await sync(prefix, 'copy');
  expect(down.stdout).toMatch(/^3 files, 6 B copied in \d+\.\d\d s \(.*\/s\), 0 unchanged\n$/);
  expect(treeOf(world.path('copy'))).toEqual(FILES);
  expect((await sync(prefix, 'copy')).stdout).toMatch(/^0 files, 0 B copied in .*, 3 unchanged\n$/);
});

test('a dry run lists files with reasons, and changes nothing', async () => {
  writeTree(world.path('copy'), { 'a.txt': 'another size', 'old.txt': 'x', 'sub/b.csv': 'BB' });
  const { exitCode, stdout } = await sync('source', 'copy', '--delete', '--dry-run');
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'copy    a.txt  1 B, another size',
    'copy    "sub/c d.txt"  3 B, not there',
    'remove  old.txt  not at the source',
    '2 files to copy (4 B), 1 unchanged, 1 to remove; nothing was changed',
    '',
  ]);
  expect(treeOf(world.path('copy'))).toEqual({ 'a.txt': 'another size', 'old.txt': 'x', 'sub/b.csv': 'BB' });
});

test('--delete mirrors the files that the filters choose', async () => {
  writeTree(world.path('copy'), { 'old.txt': 'x' });
  const filters = ['--include', '.*\\.txt', '.*\\.csv', '--exclude', 'sub/c.*'];
  await sync('source', 'copy', ...filters);
  expect(treeOf(world.path('copy'))).toEqual({ 'a.txt': 'A', 'old.txt': 'x', 'sub/b.csv': 'BB' });
  await sync('source', 'copy', '--delete', ...filters);
  expect(treeOf(world.path('copy'))).toEqual({ 'a.txt': 'A', 'sub/b.csv': 'BB' });
});

test('--checksum finds a changed file of the same size', async () => {
  await sync('source', 'copy');
  writeTree(world.path('copy'), { 'a.txt': 'Z' });
  await sync('source', 'copy');
  expect(treeOf(world.path('copy'))['a.txt']).toBe('Z');
  const preview = await sync('source', 'copy', '--checksum', '--dry-run');
  expect(preview.stdout).toContain('copy    a.txt  1 B, another content\n1 file to copy (1 B), 2 unchanged');
  expect((await sync('source', 'copy', '--checksum')).stdout).toMatch(
    /^1 file, 1 B copied .* 2 unchanged\n$/,
  );
  expect(treeOf(world.path('copy'))).toEqual(FILES);
});

test('--checksum keeps a record in the cache, unless --no-record is given', async () => {
  writeTree(world.path('source'), { large: 'x'.repeat(40_000) });
  await sync('source', prefix);
  await sync(prefix, 'copy', '--checksum', '--no-record');
  expect(existsSync(world.path('cache'))).toBe(false);
  rmSync(world.path('copy'), { recursive: true });
  await sync(prefix, 'copy', '--checksum');
  expect(Object.keys(treeOf(world.path('cache')))).toEqual([
    expect.stringMatching(/^demand\/verified\/.*\/verified$/),
  ]);
  expect((await sync(prefix, 'copy', '--checksum')).stdout).toMatch(/^0 files, 0 B copied .* 4 unchanged\n$/);
});

test('--json prints progress and result', async () => {
  const events = jsonLines(await sync('source', 'copy', '--json'));
  expect(events.at(-1)).toEqual({
    type: 'finished',
    filesTransferred: 3,
    bytesTransferred: 6,
    ms: expect.any(Number),
  });
  const [preview] = jsonLines(await sync('source', 'elsewhere', '--json', '--dry-run'));
  expect(preview).toMatchObject({ type: 'preview', unchanged: 0, removals: [] });
});

describe('a failure', () => {
  test.each([
    ['an empty source', ['nowhere', 'copy'], 1, 'DataSourceMissing: There is nothing at'],
    ['a bucket that does not exist', ['s3://no-such-bucket/', 'copy'], 1, 'Check the name of the bucket'],
    ['an unmounted file system', ['fs-1234abcd:/data', 'copy'], 1, 'FileSystemNotMounted'],
    ['an invalid filter', ['source', 'copy', '--include', '['], 2, 'The request is refused for one mistake'],
    ['a missing destination', ['source'], 2, "missing required argument 'destination'"],
  ])('of %s is explained', async (_, args, exitCode, message) => {
    const ended = await sync(...args);
    expect(ended).toMatchObject({ exitCode, stdout: '' });
    expect(ended.stderr).toContain(message);
  });

  test('for want of a region says which variable to set', async () => {
    const command = ['env', '-u', 'AWS_REGION', '-u', 'AWS_DEFAULT_REGION', `HOME=${world.folder}`];
    const { ended } = new DemandProcess(world.folder, command, ['sync', prefix, 'copy']);
    expect((await ended).stderr).toContain('Region is missing. Set AWS_REGION');
  });

  test('of a source that is emptied meanwhile does not empty the destination', async () => {
    await sync('source', 'copy');
    rmSync(world.path('source'), { recursive: true });
    mkdirSync(world.path('source'));
    expect(await sync('source', 'copy', '--delete')).toMatchObject({ exitCode: 0 });
    expect(treeOf(world.path('copy'))).toEqual(FILES);
  });
});
