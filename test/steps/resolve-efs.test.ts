import { resolveEfs, resolveEfsForState } from '../../src/steps/resolve-efs';
import { demandOf } from '../demand/arbitraries';
import { DIRECTORY, STAGE } from './worlds';

const REQUEST = { demand_execution: demandOf() };
const documents = {
  folder: 's3://temp',
  readJson: async () => REQUEST,
  writeJson: async () => undefined,
};
const at = (fileSystemIds: readonly string[], index: number) => ({
  fileSystems: DIRECTORY,
  documents,
  settings: { ...STAGE, routing: { fileSystemIds, index } },
});

test('a request without file systems has the volumes scratch and shared at the default paths', async () => {
  expect(await resolveEfs(REQUEST, at([], 0))).toMatchObject({
    scratch: { file_system_id: 'fs-1', access_point_id: 'fsap-0', container_path: '/opt/efs/scratch' },
    shared: { file_system_id: 'fs-1', container_path: '/opt/efs/shared' },
  });
});

test('the container paths begin with the container root of the stage', async () => {
  const world = { fileSystems: DIRECTORY, settings: { ...STAGE, containerRoot: '/data' } };
  expect(await resolveEfs(REQUEST, world)).toMatchObject({
    scratch: { container_path: '/data/scratch' },
    shared: { container_path: '/data/shared' },
  });
});

test('file systems of another stage are not found', async () => {
  const world = { fileSystems: DIRECTORY, settings: { ...STAGE, envBase: 'prod' } };
  await expect(resolveEfs(REQUEST, world)).rejects.toMatchObject({ name: 'AccessPointNotFound' });
});

describe('for a state machine', () => {
  test.each([
    ['the function of the scratch file system', ['fs-0', 'fs-1'], 1],
    ['the first function when no function mounts it', ['fs-0', 'fs-2'], 0],
    ['the only function', [], 0],
  ])('the route leads to %s', async (_, fileSystemIds, index) => {
    const { volumes, route } = await resolveEfsForState({ request: REQUEST }, at(fileSystemIds, 0));
    expect(volumes).toEqual(await resolveEfs(REQUEST, at([], 0)));
    expect(route).toEqual({ index, sent_by: -1 });
  });

  test('a large request is read from S3', async () => {
    const event = { request: { request_uri: 's3://temp/executions/run-1/request.json' } };
    expect(await resolveEfsForState(event, at([], 0))).toEqual(
      await resolveEfsForState({ request: REQUEST }, at([], 0)),
    );
  });
});
