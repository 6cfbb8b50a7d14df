import { FileSystemNotMounted, RemovalFailed, UnsafePath } from '../../src/errors';
import { type RemovedTree, removePaths } from '../../src/paths/remove';
import { parseLocation } from '../../src/transfer/location';

const MOUNTS = [
  { path: '/mnt/scratch', fileSystemId: 'fs-1', root: '/scratch' },
  { path: '/mnt/scratch/inner/shared', fileSystemId: 'fs-2', root: '/' },
];

function remove(
  paths: string[],
  answer: (path: string) => RemovedTree | undefined = () => ({ bytes: 5, failures: [] }),
) {
  const removed: string[] = [];
  const trees = {
    async removeTree(path: string, root: string) {
      removed.push(`${path} in ${root}`);
      return answer(path);
    },
  };
  const signal = new AbortController().signal;
  return {
    removed,
    result: removePaths(paths.map(parseLocation), { trees, signal, settings: { mounts: MOUNTS } }),
  };
}

test('removes the paths through their mounts, and adds up the bytes', async () => {
  const { removed, result } = remove(['fs-1:/scratch/a', '/mnt/scratch/b/c', 'fs-2:/key']);
  expect(await result).toEqual({
    bytesRemoved: 15,
    pathsRemoved: ['fs-1:/scratch/a', '/mnt/scratch/b/c', 'fs-2:/key'].map(parseLocation),
  });
  expect(removed).toEqual([
    '/mnt/scratch/a in /mnt/scratch',
    '/mnt/scratch/b/c in /mnt/scratch',
    '/mnt/scratch/inner/shared/key in /mnt/scratch/inner/shared',
  ]);
});

test('leaves locations in S3 alone, and a missing path is no error', async () => {
  const { removed, result } = remove(['s3://bucket/a/', '/mnt/scratch/a'], () => undefined);
  expect(await result).toEqual({ bytesRemoved: 0, pathsRemoved: [parseLocation('/mnt/scratch/a')] });
  expect(removed).toHaveLength(1);
});

test.each([
  ['/', UnsafePath],
  ['/mnt', UnsafePath],
  ['/mnt/scratch', UnsafePath],
  ['/mnt/scratch/', UnsafePath],
  ['/mnt/scratch/.', UnsafePath],
  ['/mnt/scratch/inner', UnsafePath],
  ['/mnt/scratch/inner/shared', UnsafePath],
  ['/mnt/scratch-2/a', UnsafePath],
  ['/mnt/scratch/../other', UnsafePath],
  ['/etc', UnsafePath],
  ['fs-1:/scratch', UnsafePath],
  ['fs-1:/', FileSystemNotMounted],
  ['fs-2:/', UnsafePath],
  ['fs-9:/a', FileSystemNotMounted],
])('%s is refused before anything is removed', async (path, error) => {
  const { removed, result } = remove(['/mnt/scratch/fine', path]);
  await expect(result).rejects.toThrow(error);
  expect(removed).toEqual([]);
});

test('goes on when an entry cannot be removed, and names all such entries at the end', async () => {
  const { removed, result } = remove(['/mnt/scratch/a', '/mnt/scratch/b', '/mnt/scratch/c'], (path) => {
    if (path.endsWith('/b')) throw new UnsafePath('b leads out');
    return { bytes: 1, failures: path.endsWith('/a') ? ['/mnt/scratch/a/x: EBUSY'] : [] };
  });
  await expect(result).rejects.toThrow(RemovalFailed);
  await expect(result).rejects.toThrow(/2 path\(s\).*a\/x: EBUSY; \/mnt\/scratch\/b: b leads out/);
  expect(removed).toHaveLength(3);
});
