import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UNRESTRICTED } from '../../src/rules/model';
import { getJsonFromFile } from '../../src/steps/get-json-from-file';
import { putJsonToFile } from '../../src/steps/put-json-to-file';
import { folderStores, plant, useFolder } from '../transfer/folders';

const folder = useFolder();
const world = (scratchBucket?: string) => ({
  stores: folderStores(folder.path),
  signal: new AbortController().signal,
  requestId: 'request-1',
  settings: { scratchBucket, rules: UNRESTRICTED },
});
const get = (path: string) => getJsonFromFile({ path }, world());
const refusal = (name: string) => expect.objectContaining({ name });

test.each(['s3://bucket/a/b.json', '{{ROOT}}/deep/b.json'])(
  'a document written to %s reads back as the same document',
  async (place) => {
    const path = place.replace('{{ROOT}}', folder.path);
    const content = { b: [1, 'ü', null, true, 1.5], a: { nested: {} } };
    expect(await putJsonToFile({ path, content }, world())).toEqual({ path });
    expect(await get(path)).toEqual({ content });
  },
);

test('null is a document', async () => {
  expect(await putJsonToFile({ path: 's3://bucket/null', content: null }, world())).toEqual({
    path: 's3://bucket/null',
  });
  expect(await get('s3://bucket/null')).toEqual({ content: null });
});

test('a document without a path goes to the scratch bucket, below the hash of the JSON that Python writes', async () => {
  const { path } = await putJsonToFile({ content: { b: 1, a: 'ü' } }, world('scratch'));
  expect(path).toBe(
    's3://scratch/scratch/request-1/ad8fbfe93e9dabd60732b28a6ad8bf14da30593b8ad4339f992a5c607a01512a',
  );
  expect(readFileSync(join(folder.path, 's3', path.slice('s3://'.length)), 'utf8')).toBe(
    '{"a": "\\u00fc", "b": 1}',
  );
});

test('a document without a path is refused when there is no scratch bucket', async () => {
  await expect(putJsonToFile({ content: 1 }, world())).rejects.toEqual(refusal('DemandValidationError'));
});

test('a missing document is refused', async () => {
  await expect(get('s3://bucket/absent')).rejects.toEqual(refusal('DataSourceMissing'));
});

test.each([
  ['no JSON', '{"a": NaN}', 'is no JSON document'],
  ['empty', '', 'is no JSON document'],
  ['larger than an answer', ' '.repeat(6_000_001), 'has 6000001 bytes'],
  ['a list with an integer that loses digits', '[9007199254740993]', 'contains the integer 9007199254740993'],
])('a document that is %s is refused', async (_, text, message) => {
  plant(folder.path, { 's3/bucket/x': text });
  await expect(get('s3://bucket/x')).rejects.toEqual(refusal('UnusableDocument'));
  await expect(get('s3://bucket/x')).rejects.toThrow(message);
});

test('a large number that is no integer is accepted', async () => {
  plant(folder.path, { 's3/bucket/x': '[1e300, 9007199254740991]' });
  expect(await get('s3://bucket/x')).toEqual({ content: [1e300, 9007199254740991] });
});
