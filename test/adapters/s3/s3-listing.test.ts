import { listPrefix } from '../../../src/adapters/s3/s3-listing';
import type { KeyRange } from '../../../src/transfer/keys';
import type { StoredFile } from '../../../src/transfer/store';
import { type Reply, type Sent, scripted } from './scripted-s3';

const { signal } = new AbortController();
const contents = (keys: readonly string[], isTruncated = false) => {
  const objects = keys.map(
    (key) =>
      `<Contents><Key>${key}</Key><Size>${key.endsWith('/') ? 0 : 3}</Size><ETag>"e"</ETag></Contents>`,
  );
  const token = isTruncated ? '<NextContinuationToken>t</NextContinuationToken>' : '';
  return `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${token}${objects.join('')}</ListBucketResult>`;
};

function list(answer: (sent: Sent, index: number) => Reply, range: KeyRange = {}, until = signal) {
  const { client, sent } = scripted(answer);
  return { pages: listPrefix(client, { bucket: 'bucket', prefix: 'm/', range }, until), sent };
}

async function filesOf(pages: AsyncIterable<readonly StoredFile[]>): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for await (const page of pages) files.push(...page);
  return files;
}

test('keys are relative to the prefix', async () => {
  const { pages, sent } = list(() => ({ body: contents(['m/a', 'm/in/f']) }));
  expect(await filesOf(pages)).toEqual([
    { key: 'a', size: 3, version: '"e"' },
    { key: 'in/f', size: 3, version: '"e"' },
  ]);
  expect(sent[0]?.query).toMatchObject({ 'list-type': '2', prefix: 'm/' });
});

test('folder markers are not files', async () => {
  const body = contents(['m/', 'm/in/', 'm/in/f']);
  expect((await filesOf(list(() => ({ body })).pages)).map(({ key }) => key)).toEqual(['in/f']);
});

test('an object with the name of a half-written file is listed with the reason why it is not read', async () => {
  const body = contents(['m/.0123456789ab.00ff.partial', 'm/in/f']);
  expect(await filesOf(list(() => ({ body })).pages)).toEqual([
    {
      key: '.0123456789ab.00ff.partial',
      size: 0,
      unsafe: "has a name of the service's own files",
      isReserved: true,
    },
    expect.objectContaining({ key: 'in/f' }),
  ]);
});

test('a page without files is left out', async () => {
  const { pages } = list(() => ({ body: contents(['m/']) }));
  expect((await pages.next()).done).toBe(true);
});

test('a range begins after its first key', async () => {
  const { pages, sent } = list(() => ({ body: contents(['m/b', 'm/c']) }), { after: 'a', upTo: 'b' });
  expect((await filesOf(pages)).map(({ key }) => key)).toEqual(['b']);
  expect(sent[0]?.query).toMatchObject({ 'start-after': 'm/a' });
});

test('a failed page fails the listing', async () => {
  const problem = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';
  const { pages } = list((_, index) =>
    index === 0 ? { body: contents(['m/a'], true) } : { status: 403, body: problem },
  );
  await expect(filesOf(pages)).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('an abort ends the listing with its reason', async () => {
  const { pages } = list(() => ({ body: contents(['m/a']) }), {}, AbortSignal.abort(new Error('cancelled')));
  await expect(filesOf(pages)).rejects.toThrow('cancelled');
});
