import fc from 'fast-check';
import { jsonObjects } from '../../src/adapters/json-objects';
import { anyDocument, runs } from '../demand/arbitraries';
import { folderStores, harvest, plant, useFolder } from '../transfer/folders';

const folder = useFolder();
const objects = (signal = new AbortController().signal) => jsonObjects(folderStores(folder.path), signal);

test('a document is read as it was written', async () => {
  const isSame = fc.asyncProperty(anyDocument, async (document) => {
    await objects().writeJson('s3://bucket/plan.json', document);
    expect(await objects().readJson('s3://bucket/plan.json')).toEqual(JSON.parse(JSON.stringify(document)));
  });
  await fc.assert(isSame, runs(100));
});

test('a document is the only object at its location', async () => {
  await objects().writeJson('s3://bucket/plans/one.json', { a: 'é' });
  expect(harvest(`${folder.path}/s3`)).toEqual({ 'bucket/plans/one.json': '{"a":"é"}' });
});

test('a missing document is refused with its location', async () => {
  await expect(objects().readJson('s3://bucket/none.json')).rejects.toMatchObject({
    name: 'DataSourceMissing',
    message: expect.stringContaining('s3://bucket/none.json'),
  });
});

test('a document that is not JSON fails', async () => {
  plant(`${folder.path}/s3/bucket`, { 'cut.json': '{"a": ' });
  await expect(objects().readJson('s3://bucket/cut.json')).rejects.toMatchObject({ name: 'SyntaxError' });
});

test('an abort ends a read and a write', async () => {
  await objects().writeJson('s3://bucket/plan.json', {});
  const aborted = objects(AbortSignal.abort(new Error('enough')));
  await expect(aborted.readJson('s3://bucket/plan.json')).rejects.toThrow('enough');
  await expect(aborted.writeJson('s3://bucket/new.json', {})).rejects.toThrow('enough');
  expect(harvest(`${folder.path}/s3`)).toEqual({ 'bucket/plan.json': '{}' });
});
