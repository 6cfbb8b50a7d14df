import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WrittenRoute } from '../../src/efs/function-routing';
import { removeDataPaths } from '../../src/steps/remove-data-paths';
import { plant } from '../transfer/folders';
import { useTwoFunctions } from './file-system-functions';
import { stepWorld } from './worlds';

const NOTHING = { size_bytes_removed: 0, paths_removed: [], failures: [] };

describe("the contract's event", () => {
  test.each([
    ['a flat request', { paths: ['fs-1:/scratch/a', '/mnt/scratch//b/'] }],
    ['a list', { requests: [{ paths: ['fs-1:/scratch/a'] }, { paths: ['/mnt/scratch//b/'] }] }],
    ['a list in S3', { requests: 's3://bucket/list.json' }],
  ])('can be %s; local paths are in the form of Python', async (_, event) => {
    const readJson = async () => [{ paths: ['fs-1:/scratch/a', '/mnt/scratch//b/'] }];
    expect(await removeDataPaths(event, { ...stepWorld(), readJson })).toEqual({
      size_bytes_removed: 2,
      paths_removed: ['fs-1:/scratch/a', '/mnt/scratch/b'],
    });
  });

  test('with a URI that is not in S3 is refused', async () => {
    await expect(removeDataPaths({ requests: 'x' }, stepWorld())).rejects.toThrow(/^\/requests/);
  });

  test('with a reader removes the records of the reader before the paths', async () => {
    const steps: string[] = [];
    const world = stepWorld();
    const readers = { ...world.readers, drop: async (reader: string) => void steps.push(`drop ${reader}`) };
    const removeTree = async (path: string) => {
      steps.push(`remove ${path}`);
      return { bytes: 1, failures: [] };
    };
    const at = { ...world, use: { ...world.use, readers }, trees: { ...world.trees, removeTree } };
    await removeDataPaths({ paths: ['fs-1:/scratch/a'], reader: 'arn' }, at);
    expect(steps).toEqual(['drop arn', 'remove /mnt/scratch/a']);
  });
});

describe('with two file systems', () => {
  const { folder, worldAt } = useTwoFunctions();

  /** Calls the functions as the machine does, from this function on. */
  async function remove(paths: readonly string[], from: number) {
    type Removed = { status: string; route: WrittenRoute };
    let [route, so_far]: [WrittenRoute, object] = [{ index: from, sent_by: -1 }, NOTHING];
    for (;;) {
      const event = { requests: [{ paths }], reader: 'arn:run', route, so_far };
      const answer = (await removeDataPaths(event, worldAt(route.index))) as object as Removed;
      if (answer.status === 'DONE') return answer;
      ({ route } = answer);
      so_far = answer;
    }
  }

  test.each([0, 1])('each function removes the paths of its own, from function %i on', async (from) => {
    plant(join(folder.path, 'fs-a'), { 'x/1': 'one', keep: '' });
    plant(join(folder.path, 'fs-b'), { 'y/1': 'two!', keep: '' });
    const removed = await remove(['fs-a:/x', 'fs-b:/y', 's3://bucket/z'], from);
    expect(removed).toMatchObject({ size_bytes_removed: 7, failures: [] });
    expect([...(removed as unknown as { paths_removed: string[] }).paths_removed].sort()).toEqual([
      'fs-a:/x',
      'fs-b:/y',
    ]);
    expect(existsSync(join(folder.path, 'fs-a/x'))).toBe(false);
    expect(existsSync(join(folder.path, 'fs-b/y'))).toBe(false);
  });

  test('a failure on one does not stop the removal on the other', async () => {
    plant(join(folder.path, 'fs-b'), { 'y/1': 'two' });
    await expect(remove(['fs-a:/', 'fs-b:/y'], 0)).rejects.toMatchObject({
      name: 'RemovalFailed',
      message: expect.stringContaining('root of a mounted file system'),
    });
    expect(existsSync(join(folder.path, 'fs-b/y'))).toBe(false);
  });
});
