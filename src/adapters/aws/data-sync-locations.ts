/** Makes and removes locations of AWS DataSync. The tasks of one place share its location. */
import { createHash } from 'node:crypto';
import {
  CreateLocationEfsCommand,
  type CreateLocationEfsCommandInput,
  CreateLocationS3Command,
  type CreateLocationS3CommandInput,
  type DataSyncClient,
  DeleteLocationCommand,
  InvalidRequestException,
  LocationFilterName,
  Operator,
  paginateListLocations,
  paginateListTagsForResource,
  paginateListTasks,
  TaskFilterName,
} from '@aws-sdk/client-datasync';
import { DataSyncTaskFailed } from '../../errors';
import type { TaskEnd } from '../../transfer/datasync/ends';
import type { DataSyncSettings } from '../../transfer/datasync/settings';
import { withoutEmpty } from '../../wire/json';

/**
 * Tag of this service's locations. Its value is a hash of a location's settings. The API finds a location only by its
 * URI, which shows neither its roles nor its owner; the tag identifies both. Locations without the tag are never used
 * or deleted.
 */
const TAG = 'demand-executions:location';

type Making =
  | { readonly kind: 's3'; readonly input: CreateLocationS3CommandInput }
  | { readonly kind: 'efs'; readonly input: CreateLocationEfsCommandInput };

export class DataSyncLocations {
  constructor(
    private readonly client: DataSyncClient,
    private readonly settings: DataSyncSettings,
  ) {}

  /** Returns the ARN of this service's location for a place. Makes the location when it is missing. */
  async ensure(end: TaskEnd): Promise<string> {
    const [found] = await this.#find(end);
    return found ?? this.#create(end);
  }

  /** Deletes this service's locations for a place, unless a task needs them. */
  async removeUnused(end: TaskEnd): Promise<void> {
    for (const arn of await this.#find(end)) if (!(await this.#isUsed(arn))) await this.#delete(arn);
  }

  async #find(end: TaskEnd): Promise<readonly string[]> {
    const place = end.kind === 's3' ? end.bucket : end.fileSystemId;
    const filter = { Name: LocationFilterName.LocationUri, Operator: Operator.CONTAINS, Values: [place] };
    const wanted = fingerprintOf(making(end, this.settings));
    const ours: string[] = [];
    for await (const { Locations = [] } of paginateListLocations(
      { client: this.client },
      { Filters: [filter] },
    ))
      for (const { LocationArn = '', LocationUri = '' } of Locations)
        if (LocationUri.includes(place) && (await this.#tagOf(LocationArn)) === wanted)
          ours.push(LocationArn);
    return ours.sort();
  }

  async #tagOf(ResourceArn: string): Promise<string | undefined> {
    try {
      for await (const { Tags = [] } of paginateListTagsForResource(
        { client: this.client },
        { ResourceArn },
      )) {
        const tag = Tags.find(({ Key }) => Key === TAG);
        if (tag !== undefined) return tag.Value;
      }
      return undefined;
    } catch (error) {
      // Another call has deleted the location since the listing.
      if (error instanceof InvalidRequestException) return undefined;
      throw error;
    }
  }

  async #create(end: TaskEnd): Promise<string> {
    const made = making(end, this.settings);
    const Tags = [{ Key: TAG, Value: fingerprintOf(made) }];
    const { LocationArn = '' } =
      made.kind === 's3'
        ? await this.client.send(new CreateLocationS3Command({ ...made.input, Tags }))
        : await this.client.send(new CreateLocationEfsCommand({ ...made.input, Tags }));
    return LocationArn;
  }

  async #isUsed(arn: string): Promise<boolean> {
    const filter = { Name: TaskFilterName.LocationId, Operator: Operator.EQ, Values: [arn] };
    for await (const { Tasks = [] } of paginateListTasks({ client: this.client }, { Filters: [filter] }))
      if (Tasks.length > 0) return true;
    return false;
  }

  async #delete(LocationArn: string): Promise<void> {
    try {
      await this.client.send(new DeleteLocationCommand({ LocationArn }));
    } catch (error) {
      // Meanwhile a task uses the location, or another call has deleted it. The location needs no removal then.
      if (!(error instanceof InvalidRequestException)) throw error;
    }
  }
}

/** https://docs.aws.amazon.com/datasync/latest/userguide/API_CreateLocationS3.html and API_CreateLocationEfs.html */
function making(end: TaskEnd, settings: DataSyncSettings): Making {
  return end.kind === 's3'
    ? { kind: end.kind, input: makingS3(end, settings) }
    : { kind: end.kind, input: makingEfs(end, settings) };
}

function makingS3(
  { bucket, subdirectory }: Extract<TaskEnd, { kind: 's3' }>,
  { bucketAccessRoleArn }: DataSyncSettings,
): CreateLocationS3CommandInput {
  return {
    S3BucketArn: `arn:aws:s3:::${bucket}`,
    S3Config: { BucketAccessRoleArn: bucketAccessRoleArn },
    ...(subdirectory !== '' && { Subdirectory: subdirectory }),
  };
}

function makingEfs(
  { fileSystemId, subdirectory }: Extract<TaskEnd, { kind: 'efs' }>,
  { region, accountId, fileSystem }: DataSyncSettings,
): CreateLocationEfsCommandInput {
  if (fileSystem === undefined)
    throw new DataSyncTaskFailed(
      `AWS DataSync cannot reach ${fileSystemId}. Set DATASYNC_SUBNET_ID, DATASYNC_SECURITY_GROUP_IDS and DATASYNC_FILE_SYSTEM_ACCESS_ROLE_ARN`,
    );
  const { accessRoleArn, subnetArn, securityGroupArns, accessPointArn } = fileSystem;
  return {
    EfsFilesystemArn: `arn:aws:elasticfilesystem:${region}:${accountId}:file-system/${fileSystemId}`,
    Subdirectory: subdirectory,
    Ec2Config: { SubnetArn: subnetArn, SecurityGroupArns: [...securityGroupArns] },
    FileSystemAccessRoleArn: accessRoleArn,
    // "If you specify an access point or an IAM role, you must set this parameter to TLS1_2."
    InTransitEncryption: 'TLS1_2',
    ...withoutEmpty({ AccessPointArn: accessPointArn }),
  };
}

function fingerprintOf({ input }: Making): string {
  return createHash('sha256').update(JSON.stringify(input)).digest('hex');
}
