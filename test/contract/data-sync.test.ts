import { readdirSync, utimesSync } from 'node:fs';
import { fileLeases } from '../../src/adapters/files/file-leases';
import { FileTrees } from '../../src/adapters/files/file-trees';
import { jsonObjects } from '../../src/adapters/json-objects';
import { pathListing } from '../../src/adapters/path-listing';
import { awsStores } from '../../src/adapters/stores';
import { systemClock } from '../../src/adapters/system-clock';
import { SINGLE_FUNCTION } from '../../src/efs/function-routing';
import { DemandError } from '../../src/errors';
import { UNRESTRICTED } from '../../src/rules/model';
import { batchDataSync, dataSync } from '../../src/steps/data-sync';
import { getDataPathStats } from '../../src/steps/get-data-path-stats';
import { listDataPaths } from '../../src/steps/list-data-paths';
import { planDataSync } from '../../src/steps/plan-data-sync';
import { removeDataPaths } from '../../src/steps/remove-data-paths';
import { scanOutdatedDataPaths } from '../../src/steps/scan-outdated-data-paths';
import { DATA_SYNC_DEVIATIONS, type DataAnswer } from './data-sync-deviations';
import { DataWorld, filesBelow } from './data-world';
import { nodesOf, type Plan, tooLarge, unfoldPlan } from './recorded-plan';
import { fieldOf } from './recorded-request';
import { type DataCase, leftFromBefore, requestsBehind } from './recorded-transfer';
import { readVectors, testEachCase, withoutRoot, withRoot } from './vectors';

const { world, cases: recorded } = readVectors('data-sync');
const cases = recorded as readonly DataCase[];
const data = new DataWorld(world);
const signal = new AbortController().signal;

beforeAll(() => data.createBuckets());
afterAll(() => data.removeBuckets());
beforeEach(() => data.restore());
afterEach(() => data.removeLocal());

describe('data on the S3 API', () => {
  testEachCase(cases, async (given) => {
    await prepare(given);
    const answer = await answerTo(given);
    const ours = answer === 'refused' ? answer : withoutRoot(answer, data.root);
    const expected = expectedAnswer(given);
    if (given.feature === 'plan' && ours !== 'refused' && expected !== 'refused')
      await comparePlans(ours.response as Plan, expected.response as Plan, given);
    else expect(comparable(ours, given)).toEqual(expected);
  });

  test.each(DATA_SYNC_DEVIATIONS)('still differs: $name', (deviation) => {
    const touched = cases.filter((given) => deviation.applies(given, world));
    const isRecorded = deviation.unrecorded !== true && process.env.CONTRACT_VECTORS === undefined;
    if (isRecorded) expect(touched).not.toHaveLength(0);
    for (const given of touched)
      expect(deviation.expected(original(given), given, world)).not.toEqual(original(given));
  });
});

function original({ response, left, destination_after, source_after }: DataCase): DataAnswer | 'refused' {
  if (response === undefined) return 'refused';
  return { response, after: { ...source_after, ...destination_after }, ...(left && { left }) };
}

function expectedAnswer(given: DataCase): DataAnswer | 'refused' {
  return DATA_SYNC_DEVIATIONS.filter((deviation) => deviation.applies(given, world)).reduce(
    (answer, deviation) => deviation.expected(answer, given, world),
    original(given),
  );
}

/** Creates the files of the destination, and their ages, as before the recording of a case. */
async function prepare(given: DataCase): Promise<void> {
  for (const [place, size] of leftFromBefore(given, world))
    await data.plant(withRoot(place, data.root), size);
  const uri = given.feature === 'batch-sync' ? fieldOf(given.request, 'requests') : undefined;
  if (typeof uri === 'string')
    await data.plant(uri, JSON.stringify(withRoot(requestsBehind(given, world), data.root)));
  const hours = Number(/(\d+)\*k hours before current_time/.exec(given.ages ?? '')?.[1] ?? 0);
  const now = Date.parse(String(fieldOf(given.request, 'current_time'))) / 1000;
  const files = Object.keys(filesBelow(data.root)).sort();
  if (given.ages !== undefined)
    for (const [place, path] of files.entries())
      utimesSync(path, now - place * hours * 3600, now - place * hours * 3600);
}

async function answerTo(given: DataCase): Promise<DataAnswer | 'refused'> {
  try {
    const response = await stepOf(given.feature)(withRoot(given.request, data.root));
    const after: Record<string, Record<string, number>> = {};
    for (const place of Object.keys({ ...given.source_after, ...given.destination_after }))
      after[place] = await data.sizesIn(place);
    return { response, after, ...(given.left && { left: readdirSync(data.root).sort() }) };
  } catch (error) {
    // A refusal is a DemandError, or S3's own error for a bucket. Any other error is a defect.
    if (!(error instanceof DemandError)) expect((error as Error).name).toBe('NoSuchBucket');
    return 'refused';
  }
}

function stepOf(feature: string): (event: unknown) => Promise<unknown> {
  const { s3Client, root } = data;
  const mounts = [{ path: root, fileSystemId: 'fs-00000000', root: '/' }];
  const stores = awsStores(s3Client, mounts);
  const around = {
    stores,
    signal,
    settings: {
      rules: UNRESTRICTED,
      mounts,
      routing: SINGLE_FUNCTION,
      defaultPayloadPath: 's3://tmp-bucket/plans',
      inlineLimits: { maxBytes: Number.POSITIVE_INFINITY, maxFiles: Number.POSITIVE_INFINITY },
    },
    ...jsonObjects(stores, signal),
  };
  const paths = pathListing(s3Client, mounts);
  const sync = {
    ...around,
    time: { remainingMs: () => Number.POSITIVE_INFINITY },
    report: () => undefined,
    leases: fileLeases({ mounts }),
  };
  const steps: Record<string, (event: unknown) => Promise<unknown>> = {
    plan: (event) => planDataSync(event, around),
    sync: (event) => dataSync(event, sync),
    'batch-sync': (event) => batchDataSync(event, sync),
    list: (event) => listDataPaths(event, { ...around, paths }),
    stats: (event) => getDataPathStats(event, { ...around, paths }),
    outdated: (event) => scanOutdatedDataPaths(event, { ...around, paths, clock: systemClock }),
    remove: (event) => removeDataPaths(event, { ...around, trees: new FileTrees() }),
  };
  const step = steps[feature];
  if (step === undefined) throw new Error(`no step replays "${feature}"`);
  return step;
}

/** Replaces the times that the recording leaves out, and the name of the root folder. */
function comparable(answer: DataAnswer | 'refused', { feature, request }: DataCase): unknown {
  if (answer === 'refused' || feature !== 'stats') return answer;
  const isFile = String(fieldOf(request, 'path')) in (world.local ?? {});
  const top = data.root.split('/')[1] ?? '';
  const text = JSON.stringify(answer).replace(/"last_modified":"\d{4}-[^"]+Z"/g, '"last_modified":"*"');
  return JSON.parse(isFile ? text.replace(`"${top}":`, '"tmp":') : text);
}

async function comparePlans(ours: Plan, theirs: Plan, given: DataCase): Promise<void> {
  const got = await unfoldPlan(ours, readStored);
  const wanted = await unfoldPlan(theirs, async (uri) => given.payloads?.[keyOf(uri)] ?? []);
  expect(nodesOf(got)).toEqual(nodesOf(wanted));
  expect(got.length).toBeLessThanOrEqual(wanted.length);
  expect(tooLarge(got, given, world)).toEqual([]);
  const urisOf = (plan: Plan) =>
    plan.requests.map(({ requests }) => (typeof requests === 'string' ? requests : ''));
  expect(urisOf(ours)).toEqual(urisOf(theirs).slice(0, got.length));
}

async function readStored(uri: string): Promise<readonly unknown[]> {
  const [, bucket = ''] = /^s3:\/\/([^/]+)/.exec(uri) ?? [];
  return withoutRoot((await data.readJson(bucket, keyOf(uri))) as unknown[], data.root);
}

function keyOf(uri: string): string {
  return uri.replace(/^s3:\/\/[^/]+\//, '');
}
