import { taskInputOf } from '../../../src/adapters/aws/data-sync-options';
import type { DataSyncTask } from '../../../src/transfer/datasync/model';
import type { DataSyncSettings } from '../../../src/transfer/datasync/settings';
import { parseLocation } from '../../../src/transfer/location';

const S3 = { kind: 's3', bucket: 'bucket', subdirectory: 'in/' } as const;
const EFS = { kind: 'efs', fileSystemId: 'fs-1', subdirectory: '/in/' } as const;
const LOG_GROUP = 'arn:aws:logs:eu-west-1:111122223333:log-group:datasync';
const SETTINGS: DataSyncSettings = {
  envBase: 'test',
  region: 'eu-west-1',
  accountId: '111122223333',
  bucketAccessRoleArn: 'arn:aws:iam::111122223333:role/buckets',
  fromBytes: 1,
  fromFiles: 1,
};

const inputOf = (task: Partial<DataSyncTask> = {}, settings: Partial<DataSyncSettings> = {}) =>
  taskInputOf(
    {
      name: 'task',
      source: S3,
      destination: EFS,
      manifest: parseLocation('s3://temp/manifests/one.csv'),
      transferAll: false,
      ...task,
    },
    { ...SETTINGS, ...settings },
  );

test.each([
  ['from S3 to EFS', 'BASIC', { source: S3, destination: EFS }],
  ['from EFS to S3', 'BASIC', { source: EFS, destination: S3 }],
  ['between file systems', 'BASIC', { source: EFS, destination: EFS }],
  ['between buckets', 'ENHANCED', { source: S3, destination: S3 }],
])('a task %s has the mode %s', (_, mode, ends) => {
  expect(inputOf(ends).TaskMode).toBe(mode);
});

test('a task with a file system copies contents and times, and neither owners nor rights', () => {
  expect(inputOf().Options).toMatchObject({
    Uid: 'NONE',
    Gid: 'NONE',
    PosixPermissions: 'NONE',
    Mtime: 'PRESERVE',
  });
});

test('a task between buckets has no options of a file system', () => {
  expect(Object.keys(inputOf({ destination: S3 }).Options ?? {}).sort()).toEqual([
    'LogLevel',
    'OverwriteMode',
    'PreserveDeletedFiles',
    'TransferMode',
    'VerifyMode',
  ]);
});

test.each([
  ['CHANGED', false],
  ['ALL', true],
] as const)('the transfer mode is %s when transferAll is %s', (mode, transferAll) => {
  expect(inputOf({ transferAll }).Options).toMatchObject({ TransferMode: mode, OverwriteMode: 'ALWAYS' });
});

test('a task never deletes', () => {
  expect(inputOf().Options?.PreserveDeletedFiles).toBe('PRESERVE');
});

describe('the log', () => {
  test('is off without a group', () => {
    expect(inputOf().Options?.LogLevel).toBe('OFF');
    expect(inputOf()).not.toHaveProperty('CloudWatchLogGroupArn');
  });

  test('goes to the configured group', () => {
    expect(inputOf({}, { logGroupArn: LOG_GROUP })).toMatchObject({
      Options: { LogLevel: 'TRANSFER' },
      CloudWatchLogGroupArn: LOG_GROUP,
    });
  });

  test('of Enhanced mode is on, and goes to the group of that mode', () => {
    const input = inputOf({ destination: S3 }, { logGroupArn: LOG_GROUP });
    expect(input.Options?.LogLevel).toBe('TRANSFER');
    expect(input).not.toHaveProperty('CloudWatchLogGroupArn');
  });
});

test('the manifest lists the files to transfer', () => {
  expect(inputOf().ManifestConfig).toEqual({
    Action: 'TRANSFER',
    Format: 'CSV',
    Source: {
      S3: {
        S3BucketArn: 'arn:aws:s3:::temp',
        ManifestObjectPath: 'manifests/one.csv',
        BucketAccessRoleArn: SETTINGS.bucketAccessRoleArn,
      },
    },
  });
});

test('a manifest outside S3 is a mistake of the caller', () => {
  expect(() => inputOf({ manifest: parseLocation('/mnt/manifest.csv') })).toThrow('/mnt/manifest.csv');
});
