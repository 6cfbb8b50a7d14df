import { CreateLocationS3Command, DescribeLocationS3Command } from '@aws-sdk/client-datasync';
import { DataSyncLocations } from '../../../src/adapters/aws/data-sync-locations';
import type { DataSyncSettings } from '../../../src/transfer/datasync/settings';
import { invalid } from './datasync-api';
import { useDataSyncTasks } from './datasync-tasks';

const REGION = 'eu-south-1';
const { api, bucket, fileSystemId, madeBy, running, settings, task, tasksWith, toS3, untilEnd } =
  useDataSyncTasks(REGION);

const locations = (changes: Partial<DataSyncSettings> = {}) =>
  new DataSyncLocations(api.client(REGION), { ...settings, ...changes });
const s3 = (subdirectory = 'in/') => ({ kind: 's3', bucket: bucket(), subdirectory }) as const;
const efs = () => ({ kind: 'efs', fileSystemId: fileSystemId(), subdirectory: '/scratch/in/' }) as const;
const deleted = () => api.inputsOf('DeleteLocation').map(({ LocationArn }) => LocationArn);

describe('a location', () => {
  test('of a bucket has the prefix and the role of the stage', async () => {
    await locations().ensure(s3());
    expect(madeBy('CreateLocationS3')).toMatchObject({
      S3BucketArn: `arn:aws:s3:::${bucket()}`,
      Subdirectory: 'in/',
      S3Config: { BucketAccessRoleArn: settings.bucketAccessRoleArn },
    });
  });

  test('of a whole bucket has no prefix', async () => {
    await locations().ensure(s3(''));
    expect(madeBy('CreateLocationS3')).not.toHaveProperty('Subdirectory');
  });

  test('of a file system has its network, its role and its access point, and encrypts', async () => {
    await locations().ensure(efs());
    expect(madeBy('CreateLocationEfs')).toMatchObject({
      EfsFilesystemArn: `arn:aws:elasticfilesystem:${REGION}:111122223333:file-system/${fileSystemId()}`,
      Subdirectory: '/scratch/in/',
      AccessPointArn: settings.fileSystem?.accessPointArn,
      FileSystemAccessRoleArn: settings.fileSystem?.accessRoleArn,
      InTransitEncryption: 'TLS1_2',
      Ec2Config: {
        SubnetArn: settings.fileSystem?.subnetArn,
        SecurityGroupArns: settings.fileSystem?.securityGroupArns,
      },
    });
  });

  test('of a file system is refused in a stage without a network for DataSync', async () => {
    const { fileSystem: _, ...withoutNetwork } = settings;
    await expect(
      new DataSyncLocations(api.client(REGION), withoutNetwork).ensure(efs()),
    ).rejects.toMatchObject({
      name: 'DataSyncTaskFailed',
      message: expect.stringMatching(new RegExp(`${fileSystemId()}.*DATASYNC_SUBNET_ID`)),
    });
    expect(api.inputsOf('CreateLocationEfs')).toEqual([]);
  });

  test('is made once for a place', async () => {
    const arns = [await locations().ensure(efs()), await locations().ensure(efs())];
    expect(new Set(arns).size).toBe(1);
    expect(api.inputsOf('CreateLocationEfs')).toHaveLength(1);
  });

  test('is made for each prefix and for each role', async () => {
    const bucketAccessRoleArn = 'arn:aws:iam::111122223333:role/new';
    const arns = [
      await locations().ensure(s3()),
      await locations().ensure(s3('in/deeper/')),
      await locations({ bucketAccessRoleArn }).ensure(s3()),
    ];
    expect(new Set(arns).size).toBe(3);
    expect(await locations().ensure(s3())).toBe(arns[0]);
  });

  test('that another service has made is neither used nor removed', async () => {
    const theirs = await api.client(REGION).send(
      new CreateLocationS3Command({
        S3BucketArn: `arn:aws:s3:::${bucket()}`,
        Subdirectory: 'in/',
        S3Config: { BucketAccessRoleArn: settings.bucketAccessRoleArn },
      }),
    );
    expect(await locations().ensure(s3())).not.toBe(theirs.LocationArn);
    await locations().removeUnused(s3());
    const described = await api
      .client(REGION)
      .send(new DescribeLocationS3Command({ LocationArn: theirs.LocationArn }));
    expect(described.LocationUri).toBe(`s3://${bucket()}/in/`);
  });

  test('that disappears during the search is made again', async () => {
    await locations().ensure(s3());
    api.script('ListTagsForResource', async () => invalid('not found'));
    await locations().ensure(s3());
    expect(api.inputsOf('CreateLocationS3')).toHaveLength(2);
  });
});

describe('a removal', () => {
  test('deletes the location of the place only', async () => {
    const arn = await locations().ensure(s3());
    const other = await locations().ensure(s3('other/'));
    await locations().removeUnused(s3());
    expect(deleted()).toEqual([arn]);
    expect(await locations().ensure(s3('other/'))).toBe(other);
    expect(await locations().ensure(s3())).not.toBe(arn);
  });

  test('without a location deletes nothing', async () => {
    await locations().removeUnused(s3());
    expect(deleted()).toEqual([]);
  });

  test('keeps a location until its last task is removed', async () => {
    const other = task({ name: `test-${bucket()}-other`, destination: toS3() });
    await untilEnd(await running(task()));
    await untilEnd(await running(other));
    expect(api.inputsOf('CreateLocationS3')).toHaveLength(2);
    const shared = api.inputsOf('CreateTask').map(({ SourceLocationArn }) => SourceLocationArn);
    expect(new Set(shared).size).toBe(1);
    await tasksWith().remove(task());
    expect(deleted()).toHaveLength(1);
    expect(deleted()).not.toContain(shared[0]);
    await tasksWith().remove(other);
    expect(deleted()).toContain(shared[0]);
  });

  test('accepts a location that another call has begun to use', async () => {
    await locations().ensure(s3());
    api.script('DeleteLocation', async () => invalid('in use by a task'));
    await locations().removeUnused(s3());
    expect(deleted()).toHaveLength(1);
  });

  test('accepts a location that another call has deleted', async () => {
    await locations().ensure(s3());
    api.script('ListTagsForResource', async () => invalid('not found'));
    await locations().removeUnused(s3());
    expect(deleted()).toEqual([]);
  });

  test.each(['DeleteLocation', 'ListTagsForResource', 'ListTasks'])(
    'fails when the role may not call %s',
    async (operation) => {
      await locations().ensure(s3());
      api.script(operation, async () => ({ status: 400, error: 'AccessDeniedException', body: {} }));
      await expect(locations().removeUnused(s3())).rejects.toMatchObject({ name: 'AccessDeniedException' });
    },
  );
});
