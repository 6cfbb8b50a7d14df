import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { withVolumes } from '../../src/adapters/files/volume-mounts';
import { sweep } from '../../src/steps/sweep';
import { SweptWorld } from '../sweep/worlds';
import { harvest, plant, useFolder } from '../transfer/folders';

const folder = useFolder();
let swept: SweptWorld;
beforeEach(() => {
  swept = new SweptWorld(folder.path);
  plant(folder.path, { 'volumes/shared/key/a': 'shared', 'volumes/tmp/run/b': 'tmp' });
  swept.pass(40);
});

const listed = (['shared', 'tmp'] as const).map((role) => ({
  role,
  accessPointId: `fsap-${role}`,
  name: role,
  path: `/volumes/${role}`,
  fileSystemId: 'fs-1',
}));

/** Sweeps a path as a volume for temporary files, with the volumes of the stage as mounts. */
async function sweepTmp(path: string, request: object = {}) {
  const volume = { role: 'tmp', path, days_since_last_accessed: 15 };
  const world = swept.world();
  return sweep(
    {
      execution: 'sweep',
      request: { volumes: [volume], ...request },
      part: { function: 0, file_system_id: 'fs-1', volume },
    },
    { ...world, settings: { ...world.settings, mounts: await withVolumes(swept.mounts, listed) } },
  );
}

test('the units of a volume are removed, and the volume and its neighbour stay', async () => {
  expect(await sweepTmp('/volumes/tmp')).toMatchObject({
    status: 'DONE',
    report: { part: 'tmp', path: 'fs-1:/volumes/tmp', removed: { temporary: { count: 1, bytes: 3 } } },
  });
  expect(harvest(folder.path)).toEqual({ 'volumes/shared/key/a': 'shared' });
});

test.each(['/', '/volumes'])(
  'the path %s is refused, because its units are or contain volumes',
  async (path) => {
    const before = harvest(folder.path);
    await expect(sweepTmp(path)).rejects.toThrow(`${path} contains the volume /volumes/shared`);
    expect(harvest(folder.path)).toEqual(before);
  },
);

test.each(['/volumes/tmp/door', '/volumes/tmp/door/key'])(
  'the path %s is refused, because a link leads out of its volume',
  async (path) => {
    symlinkSync('../shared', join(folder.path, 'volumes/tmp/door'));
    const before = harvest(folder.path);
    await expect(sweepTmp(path)).rejects.toThrow('outside');
    expect(harvest(folder.path)).toEqual(before);
  },
);

test('a dry run removes nothing', async () => {
  const before = harvest(folder.path);
  const { report } = await sweepTmp('/volumes/tmp', { dry_run: true });
  expect(report).toMatchObject({ removed: { temporary: { count: 1 } } });
  expect(harvest(folder.path)).toEqual(before);
});

test('a part without a volume is the records of the file system', async () => {
  mkdirSync(join(folder.path, '.demand.leases/sweeps'), { recursive: true });
  plant(folder.path, { '.demand.leases/sweeps/note.0': 'x' });
  const event = {
    execution: 'sweep',
    request: { volumes: [] },
    part: { function: 0, file_system_id: 'fs-1' },
  };
  const { status, report } = await sweep(event, swept.world());
  expect(status).toBe('DONE');
  expect(report).toMatchObject({ part: 'records', removed: { sweep_notes: { count: 1 } } });
});

test('a file system that this function does not mount is refused', async () => {
  const volume = { role: 'tmp', path: '/tmp', days_since_last_accessed: 15 };
  const event = {
    execution: 'sweep',
    request: { volumes: [volume] },
    part: { function: 0, file_system_id: 'fs-2', volume },
  };
  await expect(sweep(event, swept.world())).rejects.toMatchObject({ name: 'FileSystemNotMounted' });
});
