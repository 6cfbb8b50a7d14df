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

describe('the chosen engine', () => {
  test.each([
    ['5 TiB', 'datasync', LARGE, {}],
    ['5 million files', 'datasync', MANY, {}],
    ['less than 5 TiB and 5 million files', 'lambda', SMALL, {}],
    ['from EFS to S3', 'datasync', LARGE, { source_path: 'fs-1:/a', destination_path: 's3://bucket/a' }],
    ['a mounted path', 'datasync', LARGE, { destination_path: '/mnt/efs/scratch' }],
    ['from S3 to S3', 'datasync', LARGE, { destination_path: 's3://other/' }],
    ['between file systems', 'datasync', LARGE, { source_path: 'fs-1:/a', destination_path: 'fs-1:/b' }],
    ['filters (the manifest applies them)', 'datasync', LARGE, { filter_config: { include: 'a.*' } }],
    ['a mirror (a function removes the files)', 'datasync', LARGE, { delete: true, keep_paths: ['fs-1:/x'] }],
    ['a move (a function removes the source)', 'datasync', LARGE, { retain_source_data: false }],
    ['a lock', 'lambda', LARGE, { require_lock: true }],
    ['size_only (the manifest applies it)', 'datasync', LARGE, { size_only: true }],
    ['a path of the function', 'lambda', LARGE, { destination_path: '/tmp/x' }],
    ['another file system', 'lambda', LARGE, { destination_path: 'fs-2:/x' }],
    ['a prefix with an empty name', 'lambda', LARGE, { source_path: 's3://bucket/a//b/' }],
    ['a prefix that begins with a slash', 'lambda', LARGE, { source_path: 's3://bucket//b/' }],
    [
      'a prefix with a character that DataSync refuses',
      'lambda',
      LARGE,
      { source_path: 's3://bucket/date=1/' },
    ],
    ['one file', 'lambda', { bytes: 6 * TIB, files: 1 }, {}],
    ['25 million files', 'datasync', { bytes: 1, files: 25_000_000 }, {}],
    ['25,000,001 files', 'lambda', { bytes: 1, files: 25_000_001 }, {}],
    ['a small transfer with engine datasync', 'datasync', SMALL, { engine: 'datasync' }],
    ['a large transfer with engine lambda', 'lambda', LARGE, { engine: 'lambda' }],
    ['no files with engine datasync', 'lambda', { bytes: 0, files: 0 }, { engine: 'datasync' }],
  ])('%s: the engine is %s', (_, engine, measured, fields) => {
    expect(choose(fields, measured)).toBe(engine);
  });

  test.each([
    ['without DataSync', without('DATASYNC_ENABLED'), 'lambda', 'lambda'],
    ['without a file system in DataSync', without('DATASYNC_SUBNET_ID'), 'lambda', 'datasync'],
    [
      'with a lower limit of files',
      readDataSyncSettings({ ...ENVIRONMENT, DATASYNC_FROM_FILES: '9' }),
      'datasync',
      'datasync',
    ],
  ])('%s, to a file system and to a bucket', (_, dataSync, toFiles, toBucket) => {
    const settings = { ...SETTINGS, dataSync };
    const measured = dataSync?.fromFiles === 9 ? { bytes: 1, files: 9 } : LARGE;
    expect(choose({}, measured, settings)).toBe(toFiles);
    expect(choose({ destination_path: 's3://other/x' }, measured, settings)).toBe(toBucket);
  });
});

describe('engine datasync is refused, and the error says why', () => {
  test.each([
    ['a lock', { require_lock: true }, {}, /\(require_lock\).*Give "lambda"/],
    ['a path of the function', { destination_path: '/tmp/x' }, {}, /destination_path "\/tmp\/x" is neither/],
    ['a bad prefix', { source_path: 's3://bucket/a/../b/' }, {}, /source_path: its path "a\/\.\.\/b\/"/],
    ['DataSync that is not configured', {}, { dataSync: undefined }, /not set up.*dataSyncEnabled/],
    [
      'not available, with its own reason',
      {},
      { dataSync: { because: 'not here', remedy: 'Go there' } },
      /not here\. Go there/,
    ],
    ['no subnet', {}, { dataSync: without('DATASYNC_SUBNET_ID') }, /cannot reach.*DATASYNC_SUBNET_ID/],
  ])('for %s', (_, fields, changes, message) => {
    const refused = () => choose({ ...fields, engine: 'datasync' }, LARGE, { ...SETTINGS, ...changes });
    expect(refused).toThrow(expect.objectContaining({ name: 'DemandValidationError' }));
    expect(refused).toThrow(message);
    expect(refused).toThrow(/^\/engine: "datasync" is not possible/);
  });

  test('for several reasons in one error', () => {
    const fields = { require_lock: true, destination_path: '/tmp/x', engine: 'datasync' };
    expect(() => choose(fields, { bytes: 1, files: 1 })).toThrow(
      /is neither.*\n.*require_lock.*\n.*is one file/,
    );
  });
});

test('engine is lambda or datasync, and is written only if it is given', () => {
  expect(() => choose({ engine: 'rsync' })).toThrow(/"lambda" or "datasync"/);
  expect(writeDataSyncRequest(readDataSyncRequest(REQUEST))).not.toHaveProperty('engine');
  const asked = { ...REQUEST, engine: 'datasync' };
  expect(writeDataSyncRequest(readDataSyncRequest(asked))).toMatchObject({ engine: 'datasync' });
});
