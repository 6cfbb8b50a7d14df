import { inputSyncRequests, outputSyncRequests } from '../../src/context/sync-requests';
import type { ParameterTransfer } from '../../src/demand/parameters';
import { UNRESTRICTED } from '../../src/rules/model';
import { parseLocation } from '../../src/transfer/location';

const CONFIGURATION = { force: false, sizeOnly: true };
const locate = (path: string) => parseLocation(`fs-1:${path}`);

const transfer = (
  name: string,
  remote: string,
  changes: Partial<ParameterTransfer> = {},
): ParameterTransfer => ({
  direction: 'output',
  name,
  local: name,
  path: `/${name}`,
  remote,
  location: parseLocation(remote),
  filters: {},
  ...changes,
});

test('an input is copied: its source stays, and the copy has a lock', () => {
  expect(inputSyncRequests([transfer('in', 's3://bucket/in')], locate, CONFIGURATION, false)).toEqual([
    {
      source_path: 's3://bucket/in',
      destination_path: 'fs-1:/in',
      max_concurrency: 25,
      retain_source_data: true,
      delete: false,
      force: false,
      size_only: true,
      fail_if_missing: true,
      include_detailed_response: false,
      require_lock: true,
      remote_to_local_config: { use_custom_tmp_dir: false },
      batch_size_bytes_limit: 80_530_636_800,
    },
  ]);
});

test('a shared input is compared by its content, also against the configuration, and is a mirror', () => {
  const [request] = inputSyncRequests([transfer('in', 's3://bucket/in')], locate, CONFIGURATION, true);
  expect(request).toMatchObject({
    size_only: false,
    delete: true,
    retain_source_data: true,
    require_lock: true,
  });
});

test('an output is moved: its source is removed, and its destination is a mirror', () => {
  const [request] = outputSyncRequests(
    [transfer('out', 's3://bucket/out')],
    locate,
    CONFIGURATION,
    UNRESTRICTED,
  );
  expect(request).toMatchObject({
    source_path: 'fs-1:/out',
    destination_path: 's3://bucket/out',
    retain_source_data: false,
    delete: true,
    require_lock: false,
  });
  expect(request).not.toHaveProperty('keep_paths');
});

test.each([
  ['s3://bucket/out', true],
  ['s3://bucket/out/below', true],
  ['s3://bucket/outside', false],
])('a destination is a mirror only where the stage permits a removal: %s', (remote, expected) => {
  const rules = { ...UNRESTRICTED, remove: ['s3://bucket/out'] };
  const [request] = outputSyncRequests([transfer('out', remote)], locate, CONFIGURATION, rules);
  expect(request).toMatchObject({ retain_source_data: false, delete: expected });
});

test('a folder of a developer is no mirror', () => {
  const [request] = outputSyncRequests(
    [transfer('out', 'file:///home/me/out')],
    locate,
    CONFIGURATION,
    UNRESTRICTED,
  );
  expect(request).toMatchObject({ destination_path: 'file:///home/me/out', delete: false });
});

test('a mirror keeps the destinations of other outputs in it', () => {
  const outputs = [transfer('all', 's3://bucket/x/'), transfer('part', 's3://bucket/x/part')];
  const [all, part] = outputSyncRequests(outputs, locate, CONFIGURATION, UNRESTRICTED);
  expect(all?.keep_paths).toEqual(['s3://bucket/x/part']);
  expect(part).not.toHaveProperty('keep_paths');
});

test('the configuration sets force, size_only and a payload path for each request', () => {
  const configuration = {
    force: true,
    sizeOnly: false,
    temporaryRequestPayloadPath: 's3://bucket/tmp//',
  };
  const transfers = [transfer('a', 's3://bucket/a'), transfer('b', 's3://bucket/b')];
  expect(inputSyncRequests(transfers, locate, configuration, false)).toMatchObject([
    { force: true, size_only: false, temporary_request_payload_path: 's3://bucket/tmp/input_0/' },
    { temporary_request_payload_path: 's3://bucket/tmp/input_1/' },
  ]);
  expect(outputSyncRequests(transfers, locate, configuration, UNRESTRICTED)).toMatchObject([
    { temporary_request_payload_path: 's3://bucket/tmp/output_0/' },
    { temporary_request_payload_path: 's3://bucket/tmp/output_1/' },
  ]);
});

test('only a transfer with filters has a filter_config', () => {
  const [included, excluded, whole] = inputSyncRequests(
    [
      transfer('a', 's3://bucket/a', { filters: { include: '.*' } }),
      transfer('b', 's3://bucket/b', { filters: { exclude: 'x' } }),
      transfer('c', 's3://bucket/c'),
    ],
    locate,
    CONFIGURATION,
    false,
  );
  expect(included?.filter_config).toEqual({ include: '.*' });
  expect(excluded?.filter_config).toEqual({ exclude: 'x' });
  expect(whole).not.toHaveProperty('filter_config');
});
