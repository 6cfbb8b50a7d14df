/** Two workers, each a process, that write to one destination at the same time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientOf, useBucket } from '../adapters/s3/s3-world';
import { VERSITYGW } from '../api/endpoint';
import { useWorkers } from './processes';
import {
  bucketTags,
  contentOf,
  folderNames,
  folderTags,
  pick,
  plantBucket,
  plantFolder,
  tagsOf,
} from './trees';

const workers = useWorkers();
const bucket = useBucket(VERSITYGW);
const client = () => clientOf(VERSITYGW.endpoint());
const NEW = contentOf('new');
const TAGS = tagsOf(NEW);
const STALE = new Map([['d0/stale', Buffer.from('stale')]]);

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'two-workers-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function syncTwice(request: Record<string, unknown>) {
  const both = [0, 1].map(() => workers.start({ request, endpoint: VERSITYGW.endpoint(), root }));
  return (await Promise.all(both.map(({ ended }) => ended))).map(({ outcome }) => outcome);
}

describe('from S3 to one folder', () => {
  beforeEach(async () => {
    await plantBucket(client(), bucket.name, 'in/', NEW);
    plantFolder(join(root, 'out'), new Map([...pick(contentOf('old'), 3), ...STALE]));
  });
  const request = (fields: Record<string, unknown>) => ({
    source_path: `s3://${bucket.name}/in/`,
    destination_path: `${root}/out/`,
    ...fields,
  });
  const expectWhole = () => {
    expect(folderNames(join(root, 'out')).sort()).toEqual([...NEW.keys()].sort());
    expect(folderTags(join(root, 'out'))).toEqual(TAGS);
  };

  test('without a lock both copy, and every file is whole at the end', async () => {
    const outcomes = await syncTwice(request({ force: true }));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'DONE', filesTransferred: 60 });
    expectWhole();
  });

  test('with a lock the second finds the work done, and copies nothing', async () => {
    const outcomes = await syncTwice(request({ require_lock: true }));
    const counts = outcomes.map(({ filesTransferred }) => filesTransferred);
    expect(counts.sort()).toEqual([0, 60]);
    expectWhole();
  });
});

test('from a folder to one prefix of S3 both copy, and every object is whole at the end', async () => {
  plantFolder(join(root, 'in'), NEW);
  await plantBucket(client(), bucket.name, 'out/', STALE);
  const outcomes = await syncTwice({
    source_path: `${root}/in/`,
    destination_path: `s3://${bucket.name}/out/`,
    force: true,
  });
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'DONE', filesTransferred: 60 });
  expect(await bucketTags(client(), bucket.name, 'out/')).toEqual(TAGS);
  expect(await bucket.pendingUploads()).toBe(0);
});

describe('mirrors of two sources to one place', () => {
  const OTHER = new Map([...contentOf('other')].slice(30));
  const OTHER_TAGS = tagsOf(OTHER);
  beforeEach(() => {
    plantFolder(join(root, 'one'), NEW);
    plantFolder(join(root, 'other'), OTHER);
  });
  const syncBoth = (destination_path: string, fields: Record<string, unknown>) =>
    Promise.all(
      ['one', 'other'].map(async (name) => {
        const request = { source_path: `${root}/${name}/`, destination_path, ...fields };
        return (await workers.start({ request, endpoint: VERSITYGW.endpoint(), root }).ended).outcome;
      }),
    );

  test('with a lock leave one of the two whole, never a mixture', async () => {
    const outcomes = await syncBoth(`${root}/out/`, { require_lock: true });
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'DONE' });
    expect([TAGS, OTHER_TAGS]).toContainEqual(folderTags(join(root, 'out')));
  });

  test('in S3, without a lock, may mix their files, but each file is whole', async () => {
    await syncBoth(`s3://${bucket.name}/mixed/`, {});
    const found = await bucketTags(client(), bucket.name, 'mixed/');
    expect(found.size).toBeGreaterThan(0);
    for (const [key, tag] of found) expect([TAGS.get(key), OTHER_TAGS.get(key)]).toContain(tag);
  });
});

test('two moves of one folder to S3 lose nothing', async () => {
  plantFolder(join(root, 'moved'), NEW);
  const request = {
    source_path: `${root}/moved/`,
    destination_path: `s3://${bucket.name}/moved/`,
    retain_source_data: false,
  };
  const outcomes = await syncTwice(request);
  // A worker may miss a file that the other worker has moved.
  expect(outcomes.map(({ status }) => status)).toContain('DONE');
  expect(await bucketTags(client(), bucket.name, 'moved/')).toEqual(TAGS);
});
