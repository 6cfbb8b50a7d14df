import { readDataSyncSettings } from '../../../src/transfer/datasync/settings';

const BUCKETS = {
  ENV_BASE: 'test',
  AWS_REGION: 'us-east-1',
  DATASYNC_ENABLED: 'true',
  DATASYNC_BUCKET_ACCESS_ROLE_ARN: 'arn:aws:iam::111122223333:role/buckets',
};
const FILES = {
  ...BUCKETS,
  DATASYNC_FILE_SYSTEM_ACCESS_ROLE_ARN: 'arn:aws:iam::111122223333:role/files',
  DATASYNC_SUBNET_ID: 'subnet-1',
  DATASYNC_SECURITY_GROUP_IDS: 'sg-1, sg-2',
};

test.each([undefined, '', 'false', 'yes'])('DATASYNC_ENABLED %j means no DataSync', (DATASYNC_ENABLED) => {
  expect(readDataSyncSettings({ ...FILES, DATASYNC_ENABLED })).toBeUndefined();
});

test('the variables of buckets alone give settings without a file system and with default sizes', () => {
  expect(readDataSyncSettings(BUCKETS)).toEqual({
    envBase: 'test',
    region: 'us-east-1',
    accountId: '111122223333',
    bucketAccessRoleArn: 'arn:aws:iam::111122223333:role/buckets',
    fromBytes: 5 * 1024 ** 4,
    fromFiles: 5_000_000,
  });
});

test('the ids of the subnet and of the security groups become ARNs', () => {
  expect(readDataSyncSettings(FILES)?.fileSystem).toEqual({
    accessRoleArn: 'arn:aws:iam::111122223333:role/files',
    subnetArn: 'arn:aws:ec2:us-east-1:111122223333:subnet/subnet-1',
    securityGroupArns: [
      'arn:aws:ec2:us-east-1:111122223333:security-group/sg-1',
      'arn:aws:ec2:us-east-1:111122223333:security-group/sg-2',
    ],
  });
});

test('the optional variables are read, and empty variables count as absent', () => {
  const logGroup = 'arn:aws:logs:us-east-1:111122223333:log-group:/aws/datasync/test';
  const accessPoint = 'arn:aws:elasticfilesystem:us-east-1:111122223333:access-point/fsap-1';
  const optional = {
    DATASYNC_LOG_GROUP_ARN: logGroup,
    DATASYNC_ACCESS_POINT_ARN: accessPoint,
    DATASYNC_FROM_BYTES: '10',
    DATASYNC_FROM_FILES: '20',
  };
  expect(readDataSyncSettings({ ...FILES, ...optional })).toMatchObject({
    logGroupArn: logGroup,
    fileSystem: { accessPointArn: accessPoint },
    fromBytes: 10,
    fromFiles: 20,
  });
  const empty = Object.fromEntries(Object.keys(optional).map((name) => [name, '']));
  expect(readDataSyncSettings({ ...FILES, ...empty })).toEqual(readDataSyncSettings(FILES));
});

test.each([
  'ENV_BASE',
  'AWS_REGION',
  'DATASYNC_BUCKET_ACCESS_ROLE_ARN',
  'DATASYNC_SECURITY_GROUP_IDS',
  'DATASYNC_FILE_SYSTEM_ACCESS_ROLE_ARN',
])('an error names the missing variable %s', (name) => {
  expect(() => readDataSyncSettings({ ...FILES, [name]: '' })).toThrow(`variable ${name} is not set`);
});

test('the role of the buckets must be the ARN of a role', () => {
  const DATASYNC_BUCKET_ACCESS_ROLE_ARN = 'arn:aws:iam::1:role/buckets';
  expect(() => readDataSyncSettings({ ...BUCKETS, DATASYNC_BUCKET_ACCESS_ROLE_ARN })).toThrow(
    'is not the ARN of a role: "arn:aws:iam::1:role/buckets"',
  );
});
