import {
  CreateAccessPointCommand,
  CreateFileSystemCommand,
  DeleteAccessPointCommand,
  EFSClient,
} from '@aws-sdk/client-efs';
import { AwsFileSystems } from '../../../src/adapters/aws/aws-file-systems';
import { CachedFileSystems, LISTING_MS } from '../../../src/adapters/aws/cached-file-systems';
import { type FileSystemDirectory, VOLUME_ROLES } from '../../../src/efs/model';
import { resolveEfs } from '../../../src/steps/resolve-efs';
import { endpoint } from '../../api/endpoint';

const efs = new EFSClient({ region: 'eu-west-1', endpoint: endpoint() });

/** Each test has its own environment in the shared account. */
let envBase: string;
let count = 0;
beforeEach(() => {
  envBase = `test-${count++}`;
});

const tags = (name: string) => [
  { Key: 'Name', Value: name },
  { Key: 'env_base', Value: envBase },
];

async function createFileSystem(name = 'main'): Promise<string> {
  const command = new CreateFileSystemCommand({ CreationToken: `${envBase}-${name}`, Tags: tags(name) });
  return (await efs.send(command)).FileSystemId ?? '';
}

async function createAccessPoint(FileSystemId: string, name: string): Promise<string> {
  const command = new CreateAccessPointCommand({
    ClientToken: `${envBase}-${FileSystemId}-${name}`,
    FileSystemId,
    RootDirectory: { Path: `/${name}` },
    Tags: tags(name),
  });
  return (await efs.send(command)).AccessPointId ?? '';
}

/** Counts calls and round trips. A call begins a round trip when no other call is running. */
function counted(directory: FileSystemDirectory) {
  const counts = { calls: 0, roundTrips: 0 };
  let underWay = 0;
  const count = async <T>(ask: () => Promise<T>): Promise<T> => {
    counts.calls++;
    if (underWay++ === 0) counts.roundTrips++;
    try {
      return await ask();
    } finally {
      underWay--;
    }
  };
  return {
    counts,
    fileSystems: () => count(() => directory.fileSystems()),
    accessPoints: (id?: string) => count(() => directory.accessPoints(id)),
  };
}

/** Returns a stage that lists every access point of the account for the role of its name. */
async function stage() {
  const all = await new AwsFileSystems(efs).accessPoints();
  const accessPoints = all.flatMap(({ name, ...accessPoint }) => {
    const role = VOLUME_ROLES.find((each) => each === name);
    return role === undefined ? [] : [{ ...accessPoint, role, name: role }];
  });
  return { envBase, accessPoints };
}

const request = (configurations = {}) => ({
  demand_execution: {
    execution_type: 'tool',
    execution_id: 'one',
    execution_image: 'image',
    execution_parameters: { command: ['true'] },
    execution_platform: { aws_batch: { job_queue_name: 'queue' } },
  },
  file_system_configurations: configurations,
});

const clock = { time: 0, elapsedMs: () => clock.time };
const cachedAndCounted = () => {
  const listed = counted(new AwsFileSystems(efs));
  return { counts: listed.counts, fileSystems: new CachedFileSystems(listed, clock) };
};

describe('the round trips of a resolution', () => {
  test.each([
    ['no file system named', () => ({}), 1],
    ['a file system by name', () => ({ scratch: { file_system: 'main' } }), 2],
    [
      'two roles with one file system',
      () => ({ scratch: { file_system: 'main' }, shared: { file_system: 'main' } }),
      2,
    ],
  ])(
    'of a request with %s are one, and none while the listings are kept',
    async (_, configurations, calls) => {
      const id = await createFileSystem();
      await createAccessPoint(id, 'scratch');
      await createAccessPoint(id, 'shared');
      const { counts, fileSystems } = cachedAndCounted();
      const first = await resolveEfs(request(configurations()), { fileSystems, settings: await stage() });
      expect(first.scratch.file_system_id).toBe(id);
      expect(counts).toEqual({ calls, roundTrips: 1 });
      expect(await resolveEfs(request(configurations()), { fileSystems, settings: await stage() })).toEqual(
        first,
      );
      expect(counts).toEqual({ calls, roundTrips: 1 });
    },
  );
});

test('every role that cannot be resolved is reported with its place in the request', async () => {
  const configurations = { scratch: { file_system: 'none' }, shared: { access_point: 'nor this' } };
  const { fileSystems } = cachedAndCounted();
  await expect(
    resolveEfs(request(configurations), { fileSystems, settings: await stage() }),
  ).rejects.toMatchObject({
    name: 'FileSystemNotFound',
    message: expect.stringMatching(
      /^\/file_system_configurations\/scratch: .*"none".*\n\/file_system_configurations\/shared: .*"nor this"/,
    ),
  });
});

describe('a warm function', () => {
  test('finds a new file system at once', async () => {
    const id = await createFileSystem();
    await createAccessPoint(id, 'scratch');
    const { fileSystems } = cachedAndCounted();
    await expect(resolveEfs(request(), { fileSystems, settings: await stage() })).rejects.toMatchObject({
      name: 'AccessPointNotFound',
    });
    const shared = await createAccessPoint(id, 'shared');
    expect(
      (await resolveEfs(request(), { fileSystems, settings: await stage() })).shared.access_point_id,
    ).toBe(shared);
  });

  test('lists once for a missing file system', async () => {
    const { counts, fileSystems } = cachedAndCounted();
    await expect(resolveEfs(request(), { fileSystems, settings: await stage() })).rejects.toThrow();
    expect(counts.calls).toBe(1);
  });

  test('forgets a deleted file system after a moment', async () => {
    const id = await createFileSystem();
    await createAccessPoint(id, 'shared');
    const AccessPointId = await createAccessPoint(id, 'scratch');
    const { fileSystems } = cachedAndCounted();
    await resolveEfs(request(), { fileSystems, settings: await stage() });
    await efs.send(new DeleteAccessPointCommand({ AccessPointId }));
    clock.time += LISTING_MS;
    await expect(resolveEfs(request(), { fileSystems, settings: await stage() })).rejects.toMatchObject({
      name: 'AccessPointNotFound',
    });
  });

  test('never serves the file systems of another environment', async () => {
    const id = await createFileSystem();
    await createAccessPoint(id, 'scratch');
    await createAccessPoint(id, 'shared');
    const { fileSystems } = cachedAndCounted();
    await resolveEfs(request(), { fileSystems, settings: await stage() });
    await expect(
      resolveEfs(request(), { fileSystems, settings: { ...(await stage()), envBase: 'prod' } }),
    ).rejects.toMatchObject({
      name: 'AccessPointNotFound',
    });
  });
});

test('a listing of several pages is read to its last page', async () => {
  const id = await createFileSystem();
  await Promise.all(Array.from({ length: 130 }, (_, index) => createAccessPoint(id, `point-${index}`)));
  const listed = await new AwsFileSystems(efs).accessPoints(id);
  expect(new Set(listed.map(({ name }) => name)).size).toBe(130);
});
