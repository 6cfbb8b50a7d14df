import { applyOriginalRules, echoRequest } from '../../src/steps/original-rules';
import { syncRequest } from '../transfer/folders';

const request = (source_path: string, destination_path: string, more: object = {}) =>
  syncRequest({ source_path, destination_path, retain_source_data: false, ...more });

test.each([
  ['s3://bucket/a/', 's3://bucket/b/', { delete: true, retainSourceData: false }],
  ['fs-1:/a', 's3://bucket/b/', { delete: true, retainSourceData: false }],
  ['s3://bucket/a/', '/mnt/b', { delete: true, retainSourceData: true }],
  ['fs-1:/a', '/mnt/b', { delete: false, retainSourceData: false }],
])('a transfer from %s to %s keeps to the rules of the original', (source, destination, expected) => {
  expect(applyOriginalRules(request(source, destination))).toMatchObject(expected);
});

test('filters between two file systems are refused, empty filters are not', () => {
  expect(() => applyOriginalRules(request('/a', 'fs-1:/b', { filter_config: { include: ['x'] } }))).toThrow(
    'filters do not apply',
  );
  expect(
    applyOriginalRules(request('/a', '/b', { filter_config: { include: [], exclude: '' } })).delete,
  ).toBe(false);
});

test('an answer repeats local paths in the form of Python, and other locations unchanged', () => {
  const config = { use_custom_tmp_dir: true, custom_tmp_dir: '/tmp//x/' };
  expect(
    echoRequest(request('s3://bucket//a/', '/mnt//b/./', { remote_to_local_config: config })),
  ).toMatchObject({
    source_path: 's3://bucket//a/',
    destination_path: '/mnt/b',
    remote_to_local_config: { use_custom_tmp_dir: true, custom_tmp_dir: '/tmp/x' },
  });
});
