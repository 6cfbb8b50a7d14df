import { readDataSyncSettings } from '../../../src/transfer/datasync/settings';
import { chooseEngine, type EngineSettings } from '../../../src/transfer/plan/engine';
import { readDataSyncRequest, writeDataSyncRequest } from '../../../src/transfer/request';

const ENVIRONMENT = {
  ENV_BASE: 'test',
  AWS_REGION: 'us-east-1',
  DATASYNC_ENABLED: 'true',
  DATASYNC_BUCKET_ACCESS_ROLE_ARN: 'arn:aws:iam::111122223333:role/buckets',
  DATASYNC_FILE_SYSTEM_ACCESS_ROLE_ARN: 'arn:aws:iam::111122223333:role/files',
  DATASYNC_SUBNET_ID: 'subnet-1',
  DATASYNC_SECURITY_GROUP_IDS: 'sg-1,sg-2',
};
const without = (...names: (keyof typeof ENVIRONMENT)[]) =>
  readDataSyncSettings({ ...ENVIRONMENT, ...Object.fromEntries(names.map((name) => [name, ''])) });

const SETTINGS: EngineSettings = {
  mounts: [{ path: '/mnt/efs', fileSystemId: 'fs-1', root: '/' }],
  dataSync: readDataSyncSettings(ENVIRONMENT),
};
const TIB = 1024 ** 4;
const LARGE = { bytes: 5 * TIB, files: 1_000 };
const SMALL = { bytes: 5 * TIB - 1, files: 4_999_999 };
const MANY = { bytes: 1, files: 5_000_000 };
const REQUEST = { source_path: 's3://bucket/in/', destination_path: 'fs-1:/scratch/in' };

const choose = (fields: object, measured = LARGE, settings = SETTINGS) =>
  chooseEngine(readDataSyncRequest({ ...REQUEST, ...fields }), measured, settings);

describe('by rule', () => {
  test.each([
    ['5 TiB', LARGE, {}, 'datasync'],
    ['5 million files', MANY, {}, 'datasync'],
    ['less than both', SMALL, {}, 'lambda'],
    ['from EFS to S3', LARGE, { source_path: 'fs-1:/a', destination_path: 's3://bucket/a' }, 'datasync'],
    ['a mounted path', LARGE, { destination_path: '/mnt/efs/scratch' }, 'datasync'],
    ['from S3 to S3', LARGE, { destination_path: 's3://other/' }, 'datasync'],
    ['between file systems', LARGE, { source_path: 'fs-1:/a', destination_path: 'fs-1:/b' }, 'datasync'],
    ['filters, by a manifest', LARGE, { filter_config: { include: 'a.*' } }, 'datasync'],
    ['a mirror, by our own finish', LARGE, { delete: true, keep_paths: ['fs-1:/x'] }, 'datasync'],
    ['a move, by our own finish', LARGE, { retain_source_data: false }, 'datasync'],
    ['a lock', LARGE, { require_lock: true }, 'lambda'],
    ['sizes only, by a manifest', LARGE, { size_only: true }, 'datasync'],
    ['a path of the function', LARGE, { destination_path: '/tmp/x' }, 'lambda'],
    ['another file system', LARGE, { destination_path: 'fs-2:/x' }, 'lambda'],
    ['a prefix with an empty name', LARGE, { source_path: 's3://bucket/a//b/' }, 'lambda'],
    ['a prefix that begins with a slash', LARGE, { source_path: 's3://bucket//b/' }, 'lambda'],
    ['a prefix as Hive writes it', LARGE, { source_path: 's3://bucket/date=1/' }, 'lambda'],
    ['one file', { bytes: 6 * TIB, files: 1 }, {}, 'lambda'],
    ['25 million files', { bytes: 1, files: 25_000_000 }, {}, 'datasync'],
    ['one more', { bytes: 1, files: 25_000_001 }, {}, 'lambda'],
    ['what is too small, asked for', SMALL, { engine: 'datasync' }, 'datasync'],
    ['what is large enough, asked for otherwise', LARGE, { engine: 'lambda' }, 'lambda'],
    ['nothing at all, asked for', { bytes: 0, files: 0 }, { engine: 'datasync' }, 'lambda'],
  ])('%s', (_, measured, fields, engine) => {
    expect(choose(fields, measured)).toBe(engine);
  });

  test.each([
    ['not enabled', without('DATASYNC_ENABLED'), 'lambda', 'lambda'],
    ['no way to a file system', without('DATASYNC_SUBNET_ID'), 'lambda', 'datasync'],
    [
      'other limits',
      readDataSyncSettings({ ...ENVIRONMENT, DATASYNC_FROM_FILES: '9' }),
      'datasync',
      'datasync',
    ],
  ])('%s', (_, dataSync, toFiles, toBucket) => {
    const settings = { ...SETTINGS, dataSync };
    const measured = dataSync?.fromFiles === 9 ? { bytes: 1, files: 9 } : LARGE;
    expect(choose({}, measured, settings)).toBe(toFiles);
    expect(choose({ destination_path: 's3://other/x' }, measured, settings)).toBe(toBucket);
  });
});

describe('what is asked for and not possible is refused, and says why', () => {
  test.each([
    ['a lock', { require_lock: true }, {}, /require_lock.*Give "lambda"/],
    ['a path of the function', { destination_path: '/tmp/x' }, {}, /destination_path "\/tmp\/x" is neither/],
    ['a bad prefix', { source_path: 's3://bucket/a/../b/' }, {}, /source_path: its path "a\/\.\.\/b\/"/],
    ['not enabled', {}, { dataSync: undefined }, /not set up.*dataSyncEnabled/],
    ['elsewhere', {}, { dataSync: { because: 'not here', remedy: 'Go there' } }, /not here\. Go there/],
    ['no subnet', {}, { dataSync: without('DATASYNC_SUBNET_ID') }, /cannot reach.*DATASYNC_SUBNET_ID/],
  ])('%s', (_, fields, changes, message) => {
    const refused = () => choose({ ...fields, engine: 'datasync' }, LARGE, { ...SETTINGS, ...changes });
    expect(refused).toThrow(expect.objectContaining({ name: 'DemandValidationError' }));
    expect(refused).toThrow(message);
    expect(refused).toThrow(/^\/engine: "datasync" is not possible/);
  });

  test('every reason at once', () => {
    const fields = { require_lock: true, destination_path: '/tmp/x', engine: 'datasync' };
    expect(() => choose(fields, { bytes: 1, files: 1 })).toThrow(
      /is neither.*\n.*require_lock.*\n.*this is one/,
    );
  });
});

describe('the environment', () => {
  test.each([
    ['DATASYNC_BUCKET_ACCESS_ROLE_ARN', /DATASYNC_BUCKET_ACCESS_ROLE_ARN is not set/],
    ['DATASYNC_SECURITY_GROUP_IDS', /DATASYNC_SECURITY_GROUP_IDS is not set/],
    ['DATASYNC_FILE_SYSTEM_ACCESS_ROLE_ARN', /DATASYNC_FILE_SYSTEM_ACCESS_ROLE_ARN is not set/],
  ] as const)('without %s is told', (name, message) => {
    expect(() => without(name)).toThrow(message);
  });

  test('is read into ARNs', () => {
    expect(readDataSyncSettings(ENVIRONMENT)).toMatchObject({
      accountId: '111122223333',
      fileSystem: {
        subnetArn: 'arn:aws:ec2:us-east-1:111122223333:subnet/subnet-1',
        securityGroupArns: [
          'arn:aws:ec2:us-east-1:111122223333:security-group/sg-1',
          'arn:aws:ec2:us-east-1:111122223333:security-group/sg-2',
        ],
      },
    });
  });
});

test('the field is ours: refused when it is neither, never written unless set', () => {
  expect(() => choose({ engine: 'rsync' })).toThrow(/"lambda" or "datasync"/);
  expect(writeDataSyncRequest(readDataSyncRequest(REQUEST))).not.toHaveProperty('engine');
  const asked = { ...REQUEST, engine: 'datasync' };
  expect(writeDataSyncRequest(readDataSyncRequest(asked))).toMatchObject({ engine: 'datasync' });
});
