/** The recorded file systems on the AWS endpoint of the tests, under the recorded ids. */
import {
  CreateAccessPointCommand,
  CreateFileSystemCommand,
  DeleteAccessPointCommand,
  DeleteFileSystemCommand,
  EFSClient,
} from '@aws-sdk/client-efs';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import type { FileSystemDirectory } from '../../src/efs/model';
import { endpoint } from '../api/endpoint';
import { type IdMappingProxy, startIdMappingProxy } from '../api/id-mapping-proxy';
import type { World } from './vectors';

/** Creates the file systems of `world` before the tests, removes them after the tests, and returns a client for them. */
export function useAwsWorld(world: World): { fileSystems: FileSystemDirectory } {
  const created: { fileSystems: FileSystemDirectory } = { fileSystems: new AwsFileSystems(new EFSClient()) };
  const { region } = world;
  const efs = new EFSClient({ region, endpoint: endpoint() });
  const ids = new Map<string, string>();
  let proxy: IdMappingProxy | undefined;

  beforeAll(async () => {
    for (const { FileSystemId, tags } of world.file_systems)
      ids.set(FileSystemId, await createFileSystem(efs, FileSystemId, tags));
    for (const { AccessPointId, FileSystemId, path, tags } of world.access_points)
      ids.set(AccessPointId, await createAccessPoint(efs, AccessPointId, ids.get(FileSystemId), path, tags));
    proxy = await startIdMappingProxy(endpoint(), ids);
    created.fileSystems = new AwsFileSystems(new EFSClient({ region, endpoint: proxy.endpoint }));
  });

  afterAll(async () => {
    for (const { AccessPointId } of world.access_points)
      await efs.send(new DeleteAccessPointCommand({ AccessPointId: ids.get(AccessPointId) }));
    for (const { FileSystemId } of world.file_systems)
      await efs.send(new DeleteFileSystemCommand({ FileSystemId: ids.get(FileSystemId) }));
    await proxy?.close();
  });
  return created;
}

async function createFileSystem(
  efs: EFSClient,
  token: string,
  tags: Record<string, string>,
): Promise<string> {
  const command = new CreateFileSystemCommand({ CreationToken: token, Tags: toTags(tags) });
  return (await efs.send(command)).FileSystemId ?? '';
}

async function createAccessPoint(
  efs: EFSClient,
  token: string,
  fileSystemId: string | undefined,
  path: string,
  tags: Record<string, string>,
): Promise<string> {
  const command = new CreateAccessPointCommand({
    ClientToken: token,
    FileSystemId: fileSystemId,
    RootDirectory: { Path: path },
    Tags: toTags(tags),
  });
  return (await efs.send(command)).AccessPointId ?? '';
}

function toTags(tags: Record<string, string>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
