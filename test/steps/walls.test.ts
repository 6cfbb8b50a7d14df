/** What a direct call of a function cannot reach: the records of the service, whole volumes, and the variables of jobs. */
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileLeases } from '../../src/adapters/files/file-leases';
import { fileReaders } from '../../src/adapters/files/file-readers';
import { FileTrees } from '../../src/adapters/files/file-trees';
import { fileVerified } from '../../src/adapters/files/file-verified';
import { withVolumes } from '../../src/adapters/files/volume-mounts';
import { workingFiles } from '../../src/adapters/files/working-files';
import { mountedStores } from '../../src/adapters/stores';
import { UNRESTRICTED } from '../../src/rules/model';
import { dataSync } from '../../src/steps/data-sync';
import { getJsonFromFile } from '../../src/steps/get-json-from-file';
import { putJsonToFile } from '../../src/steps/put-json-to-file';
import { removeDataPaths } from '../../src/steps/remove-data-paths';
import { type Location, parseLocation } from '../../src/transfer/location';
import { S3 } from '../../src/transfer/schemes/s3';
import { folderStores, harvest, plant, useFolder } from '../transfer/folders';
import { STAGE } from './worlds';

const folder = useFolder();
const efs = (...names: string[]) => join(folder.path, 'efs', ...names);
const bucket = (...names: string[]) => join(folder.path, 's3/bucket', ...names);

/** Returns the world of a function that mounts a file system with the volumes of a stage. */
async function world() {
  for (const { path } of STAGE.accessPoints) mkdirSync(efs(path), { recursive: true });
  const mounts = [{ path: efs(), fileSystemId: 'fs-1', root: '/' }];
  const volumes = await withVolumes(mounts, STAGE.accessPoints);
  const [s3, files] = [folderStores(folder.path), mountedStores(volumes)];
  const [leases, readers] = [fileLeases({ mounts }), fileReaders(mounts)];
  return {
    stores: { open: (location: Location) => (location.scheme === S3 ? s3 : files).open(location) },
    signal: new AbortController().signal,
    settings: {
      rules: UNRESTRICTED,
      mounts: volumes,
      routing: { fileSystemIds: ['fs-1'], index: 0 },
      inlineLimits: { maxBytes: 1e9, maxFiles: 1e6 },
    },
    time: { remainingMs: () => 900_000 },
    report: () => undefined,
    ...{ leases, readers, use: { leases, readers } },
    verified: fileVerified({ mounts }),
    trees: new FileTrees(),
    readJson: async () => undefined,
    requestId: 'one',
  };
}

const RECORDS = {
  '.demand.leases/readers/one': 'a reader',
  '.demand.verified/one': 'a tag',
  '.demand.kept/one.json': '{}',
  '.demand.file-system': '"fs-1"',
};

describe('the records of the service at the root of a file system', () => {
  const places = Object.keys(RECORDS).flatMap((record) => {
    const [name = ''] = record.split('/');
    return [`fs-1:/${name}`, `fs-1://./${record}`, `/${record}`, `fs-1:/${name.toUpperCase()}/x`];
  });

  test.each(places)('%s is no place of data', async (place) => {
    plant(efs(), RECORDS);
    plant(bucket(), { 'evil/x': 'evil' });
    const given = await world();
    const path = place.startsWith('/') ? efs(place) : place;
    const calls = [
      removeDataPaths({ paths: [path] }, given),
      putJsonToFile({ path, content: 1 }, given),
      getJsonFromFile({ path }, given),
      dataSync({ source_path: 's3://bucket/evil/', destination_path: `${path}/`, delete: true }, given),
      dataSync({ source_path: 's3://bucket/evil/x', destination_path: path }, given),
      dataSync({ source_path: path, destination_path: 's3://bucket/out', retain_source_data: false }, given),
    ];
    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'UnsafePath' } });
    expect(harvest(efs())).toMatchObject(RECORDS);
    expect(harvest(bucket())).toEqual({ 'evil/x': 'evil' });
  });

  test('other names with a dot are places of data', async () => {
    const given = await world();
    await putJsonToFile({ path: 'fs-1:/.demands/x.json', content: 1 }, given);
    await putJsonToFile({ path: 'fs-1:/scratch/one/.demand.json', content: 1 }, given);
    await removeDataPaths({ paths: ['fs-1:/.demands'] }, given);
    expect(harvest(efs())).toMatchObject({ 'scratch/one/.demand.json': '1' });
  });
});

describe('a whole volume', () => {
  const places = ['fs-1:/', 'fs-1:/scratch', 'fs-1://scratch/./', '/', '/shared', '/shared/'];

  test.each(places)('%s is neither mirrored nor moved nor removed', async (place) => {
    plant(efs(), { 'scratch/other/a': 'A', 'shared/key/b': 'B' });
    plant(bucket(), { 'evil/x': 'evil' });
    const given = await world();
    const path = place.startsWith('/') ? efs(place) : place;
    const stolen = { source_path: path, destination_path: 's3://bucket/stolen/' };
    const calls = [
      dataSync({ source_path: 's3://bucket/evil/', destination_path: path, delete: true }, given),
      dataSync({ finish_request: { source_path: 's3://bucket/evil/', destination_path: path } }, given),
      dataSync({ ...stolen, retain_source_data: false, delete: false }, given),
      dataSync({ data_sync_request: { ...stolen, retain_source_data: false }, inline: true }, given),
      removeDataPaths({ paths: [path] }, given),
    ];
    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'UnsafePath' } });
    expect(harvest(efs())).toMatchObject({ 'scratch/other/a': 'A', 'shared/key/b': 'B' });
    expect(harvest(bucket())).toEqual({ 'evil/x': 'evil' });
  });

  test('may get copies, and may be copied', async () => {
    plant(efs(), { 'scratch/other/a': 'A' });
    plant(bucket(), { 'in/x': 'X' });
    const given = await world();
    await dataSync(
      { source_path: 's3://bucket/in/', destination_path: 'fs-1:/scratch', delete: false },
      given,
    );
    await dataSync({ source_path: 'fs-1:/scratch', destination_path: 's3://bucket/copy/' }, given);
    expect(harvest(bucket('copy'))).toEqual({ 'other/a': 'A', x: 'X' });
  });
});

test.each(['x/../../../other', 'x/../../../../.demand.leases', '../../../other', 'x/../../../../../s3'])(
  'the assembly %s of a large file reaches no other folder',
  async (assembly) => {
    plant(efs(), { 'scratch/one/large': '', 'scratch/other/a': 'A', ...RECORDS });
    plant(bucket(), { large: '', other: 'B' });
    const given = await world();
    const source = await given.stores
      .open(parseLocation('s3://bucket/large'))
      .stat(parseLocation('s3://bucket/large'));
    const byte_range = { from: 0, to: 0, size: 0, version: source?.version, assembly };
    const request = {
      source_path: 's3://bucket/large',
      destination_path: 'fs-1:/scratch/one/large',
      byte_range,
    };
    await expect(dataSync(request, given)).rejects.toMatchObject({ name: 'UnsafePath' });
    expect(harvest(efs())).toMatchObject({ 'scratch/other/a': 'A', ...RECORDS });
    expect(harvest(bucket())).toEqual({ large: '', other: 'B' });
  },
);

describe('the hidden variables of a job', () => {
  const VARIABLES = "export TOKEN='x'";
  beforeEach(async () => {
    await world();
    const files = workingFiles();
    await files.claimDirectory(efs('scratch/other'), 'other');
    await files.claimDirectory(efs('scratch/own'), 'own');
    await files.writeFile({ path: efs('scratch/other/.demand.env/id'), content: VARIABLES, isHidden: true });
  });

  test.each([
    ['a link to their folder', 'out', () => symlinkSync('../other/.demand.env', efs('scratch/own/out'))],
    ['a link to the file', 'out', () => symlinkSync('../other/.demand.env/id', efs('scratch/own/out'))],
    [
      'a path through a link to the directory',
      'to/.demand.env',
      () => symlinkSync('../other', efs('scratch/own/to')),
    ],
    [
      'the directory itself, moved into an output',
      'out',
      () => {
        mkdirSync(efs('scratch/own/out'));
        renameSync(efs('scratch/other'), efs('scratch/own/out/other'));
      },
    ],
    ['their own path', '../other/.demand.env', () => undefined],
  ])('are in no output: %s', async (_, output, prepare) => {
    prepare();
    const source_path = `fs-1:${join('/scratch/own', output)}`;
    for (const retain_source_data of [true, false])
      await expect(
        dataSync(
          { source_path, destination_path: 's3://bucket/stolen', retain_source_data, delete: false },
          await world(),
        ),
      ).rejects.toMatchObject({ name: 'UnsafePath' });
    expect(harvest(bucket())).toEqual({});
    expect(Object.values(harvest(efs('scratch')))).toContain(VARIABLES);
  });
});
