/** Lists the file systems and access points of an account through the EFS API. */
import {
  type AccessPointDescription,
  type EFSClient,
  type FileSystemDescription,
  paginateDescribeAccessPoints,
  paginateDescribeFileSystems,
  type Tag,
} from '@aws-sdk/client-efs';
import type { AccessPoint, FileSystem, FileSystemDirectory } from '../../efs/model';
import { withoutEmpty } from '../../wire/json';

export class AwsFileSystems implements FileSystemDirectory {
  constructor(private readonly client: EFSClient) {}

  async fileSystems(): Promise<readonly FileSystem[]> {
    const found: FileSystem[] = [];
    for await (const page of paginateDescribeFileSystems({ client: this.client }, {}))
      found.push(...(page.FileSystems ?? []).filter(isThere).map(toFileSystem));
    return found;
  }

  async accessPoints(fileSystemId?: string): Promise<readonly AccessPoint[]> {
    const found: AccessPoint[] = [];
    const filter = withoutEmpty({ FileSystemId: fileSystemId });
    for await (const page of paginateDescribeAccessPoints({ client: this.client }, filter))
      found.push(...(page.AccessPoints ?? []).filter(isThere).map(toAccessPoint));
    return found;
  }
}

/** Returns false for deleted resources: the API still lists them for a while. */
function isThere({ LifeCycleState }: { LifeCycleState?: string | undefined }): boolean {
  return LifeCycleState !== 'deleting' && LifeCycleState !== 'deleted' && LifeCycleState !== 'error';
}

function toFileSystem({ FileSystemId, Name, Tags }: FileSystemDescription): FileSystem {
  return { fileSystemId: FileSystemId ?? '', name: Name, tags: toTags(Tags) };
}

function toAccessPoint({
  AccessPointId,
  FileSystemId,
  Name,
  RootDirectory,
  Tags,
}: AccessPointDescription): AccessPoint {
  return {
    accessPointId: AccessPointId ?? '',
    fileSystemId: FileSystemId ?? '',
    name: Name,
    path: RootDirectory?.Path ?? '/',
    tags: toTags(Tags),
  };
}

function toTags(tags: readonly Tag[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}
