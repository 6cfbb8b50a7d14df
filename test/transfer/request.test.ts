import { DemandValidationError } from '../../src/errors';
import { parseLocation } from '../../src/transfer/location';
import {
  readBatchDataSyncRequest,
  readDataSyncRequest,
  readDataSyncRequests,
  readPrepareBatchDataSyncRequest,
  readRemoveDataPathsRequest,
  writeDataSyncRequest,
} from '../../src/transfer/request';

const MINIMAL = { source_path: 's3://bucket/a/', destination_path: '/dst' };
const DEFAULTS = {
  max_concurrency: 25,
  retain_source_data: true,
  delete: true,
  require_lock: false,
  force: false,
  size_only: false,
  fail_if_missing: true,
  include_detailed_response: false,
  remote_to_local_config: { use_custom_tmp_dir: false },
};

function problemsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof DemandValidationError) return error.problems.map((problem) => problem.pointer);
    throw error;
  }
  return [];
}

test('a minimal request is written with its defaults', () => {
  expect(writeDataSyncRequest(readDataSyncRequest(MINIMAL))).toEqual({ ...MINIMAL, ...DEFAULTS });
});

test('the given fields are written in snake_case, also if they were given in camelCase', () => {
  const request = readDataSyncRequest({
    sourcePath: 's3://bucket/a/',
    destinationPath: '/dst',
    filterConfig: { include: 'a/.*', exclude: null },
    filterRoot: 's3://bucket/',
    maxConcurrency: '5',
    retainSourceData: 'no',
    remoteToLocalConfig: { useCustomTmpDir: 'on', customTmpDir: '/tmp/x' },
    keepPaths: ['s3://bucket/b'],
    unknown: 1,
  });
  const keepPaths = [parseLocation('s3://bucket/b')];
  expect(request).toMatchObject({ maxConcurrency: 5, retainSourceData: false, keepPaths });
  expect(writeDataSyncRequest(request)).toEqual({
    ...MINIMAL,
    ...DEFAULTS,
    filter_config: { include: 'a/.*' },
    filter_root: 's3://bucket/',
    max_concurrency: 5,
    retain_source_data: false,
    remote_to_local_config: { use_custom_tmp_dir: true, custom_tmp_dir: '/tmp/x' },
    keep_paths: ['s3://bucket/b'],
  });
});

test('one error names all mistakes', () => {
  const read = () =>
    readDataSyncRequest({
      source_path: 'nowhere',
      max_concurrency: 0,
      delete: 'maybe',
      filter_root: 'gs://x',
    });
  expect(problemsOf(read).sort()).toEqual([
    '/delete',
    '/destination_path',
    '/filter_root',
    '/max_concurrency',
    '/source_path',
  ]);
});

test('a filter that is not a regular expression is refused', () => {
  const read = () => readDataSyncRequest({ ...MINIMAL, filter_config: { include: ['('] } });
  expect(problemsOf(read)).toEqual(['/filter_config/include/0']);
});

test('a batch is a list, a URI or one flat request', () => {
  const flat = readDataSyncRequest(MINIMAL);
  expect(readBatchDataSyncRequest(MINIMAL)).toEqual({ requests: [flat], allowPartialFailure: false });
  expect(readBatchDataSyncRequest({ requests: [MINIMAL], allow_partial_failure: true })).toEqual({
    requests: [flat],
    allowPartialFailure: true,
  });
  expect(readBatchDataSyncRequest({ requests: 's3://bucket/r.json' }).requests).toBe('s3://bucket/r.json');
  expect(readDataSyncRequests([MINIMAL, MINIMAL])).toEqual([flat, flat]);
  expect(problemsOf(() => readBatchDataSyncRequest({ requests: [{ ...MINIMAL, source_path: 1 }] }))).toEqual([
    '/requests/0/source_path',
  ]);
  expect(problemsOf(() => readBatchDataSyncRequest({ requests: '/local.json' }))).toEqual(['/requests']);
});

test('a request to plan has two more fields', () => {
  const request = {
    ...MINIMAL,
    batch_size_bytes_limit: '120',
    temporary_request_payload_path: 's3://tmp-bucket/p',
  };
  expect(readPrepareBatchDataSyncRequest(request)).toMatchObject({
    batchSizeBytesLimit: 120,
    temporaryRequestPayloadPath: 's3://tmp-bucket/p',
  });
  expect(
    problemsOf(() => readPrepareBatchDataSyncRequest({ ...MINIMAL, batch_size_bytes_limit: 'many' })),
  ).toEqual(['/batch_size_bytes_limit']);
});

test('a request to remove data paths has a list of locations', () => {
  const paths = ['/a', 'fs-1:/b', 's3://bucket/c'];
  expect(readRemoveDataPathsRequest({ paths })).toEqual({ paths: paths.map(parseLocation) });
  expect(problemsOf(() => readRemoveDataPathsRequest({ paths: ['relative'] }))).toEqual(['/paths/0']);
});
