import fc from 'fast-check';
import {
  executionFolder,
  MAX_ITEMS,
  moveListsToDocuments,
  readWrittenRequest,
  USABLE_STATE_BYTES,
  writeRequest,
} from '../../src/context/references';
import { buildContext, buildContextForState } from '../../src/steps/build-context';
import { dataSync } from '../../src/steps/data-sync';
import { normalise, normaliseForState } from '../../src/steps/normalise';
import { removeDataPaths } from '../../src/steps/remove-data-paths';
import { resolveEfs } from '../../src/steps/resolve-efs';
import { demandOf, runs } from '../demand/arbitraries';
import { stepWorld } from '../steps/worlds';

const ARN = 'arn:aws:states:us-west-2:111122223333:execution:dev-execution:run-1';
const LIMIT = 262_144;
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

function worldOf() {
  const written = new Map<string, unknown>();
  const documents = {
    folder: 's3://temp/executions',
    readJson: async (uri: string) => structuredClone(written.get(uri)),
    writeJson: async (uri: string, document: unknown) => void written.set(uri, document),
  };
  return { ...stepWorld(), documents, readJson: documents.readJson, written };
}

/** @param length characters of each key in S3 */
function demandWith(inputs: number, outputs: number, length = 0, filling = '') {
  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  const key = 'k'.repeat(length);
  const ins = names('i', inputs);
  const outs = names('o', outputs);
  const params = {
    ...Object.fromEntries(ins.map((name) => [name, `s3://bucket/${key}${name} @ data/${name}`])),
    ...Object.fromEntries(outs.map((name) => [name, `out/${name} @ s3://bucket/${key}${name}`])),
    filling,
  };
  return demandOf({ params, inputs: ins, outputs: outs });
}

/** Runs the first three states in the order of the machine. */
async function chain(demand: unknown, world = worldOf()) {
  const request = await normaliseForState({ input: demand }, world);
  const volumes = await resolveEfs(request, world);
  const response = await buildContextForState({ request, volumes, execution: ARN }, world);
  return { request, volumes, response, world };
}

async function unfold(items: readonly object[], world: ReturnType<typeof worldOf>): Promise<unknown[]> {
  const lists = items.map((item) => ('requests' in item ? world.written.get(String(item.requests)) : item));
  return lists.flat();
}

test('a small demand stays in the state unchanged, and nothing is written', async () => {
  const { request, response, world } = await chain(demandWith(3, 2));
  expect(request).toEqual(await normalise(demandWith(3, 2), world));
  expect(response).toHaveProperty('demand_execution');
  expect(response.setup_configs.data_sync_requests).toHaveLength(3);
  expect(response.setup_configs.data_sync_requests[0]).not.toHaveProperty('requests');
  expect([...world.written]).toEqual([]);
});

test('the route is written in snake_case, as every function writes it', async () => {
  const { response } = await chain(demandWith(0, 0));
  expect(response).toHaveProperty('route', { index: 0, sent_by: -1 });
});

test('a demand of any valid size fits into the state, and loses no transfer', async () => {
  const some = fc.integer({ min: 0, max: 900 });
  const fits = fc.asyncProperty(
    some,
    some,
    fc.integer({ min: 0, max: 200 }),
    fc.nat(250_000),
    async (ins, outs, length, more) => {
      const demand = demandWith(ins, outs, length, 'x'.repeat(more));
      fc.pre(bytesOf(demand) <= LIMIT);
      const { request, volumes, response, world } = await chain(demand);
      for (const state of [request, { request, efs: { volumes } }, response])
        expect(bytesOf(state)).toBeLessThanOrEqual(USABLE_STATE_BYTES + 2_000);
      const { setup_configs: setup, cleanup_configs: cleanup } = response;
      expect(await unfold(setup.data_sync_requests, world)).toMatchObject(
        Array.from({ length: ins }, (_, index) => ({
          destination_path: `fs-1:/scratch/run-1/data/i${index}`,
        })),
      );
      expect(await unfold(cleanup.data_sync_requests, world)).toMatchObject(
        Array.from({ length: outs }, (_, index) => ({ source_path: `fs-1:/scratch/run-1/out/o${index}` })),
      );
      const isGrouped = setup.data_sync_requests.some((item) => 'requests' in item);
      if (isGrouped) expect(setup.data_sync_requests.length).toBeLessThanOrEqual(MAX_ITEMS);
    },
  );
  await fc.assert(fits, runs(25));
});

test('a request of 240,000 bytes stays in the state, and a request of one more byte does not', async () => {
  const { documents, written } = worldOf();
  const request = 'x'.repeat(239_998);
  expect(await writeRequest(request, documents)).toBe(request);
  const reference = await writeRequest(`${request}x`, documents);
  expect([...written]).toEqual([[Object(reference).request_uri, `${request}x`]]);
  expect(await readWrittenRequest(reference, documents)).toBe(`${request}x`);
});

test('a request with more fields than request_uri is read as it is', async () => {
  const value = { request_uri: 's3://temp/x', execution_id: 'run-1' };
  expect(await readWrittenRequest(value, worldOf().documents)).toBe(value);
});

test.each([
  ['40 short transfers stay in the state', 40, 0, 0],
  ['41 transfers are in 40 groups', 41, 0, 40],
  ['a list of more than 40,000 bytes is in groups', 39, 1_000, 39],
])('%s', async (_, inputs, length, groups) => {
  const world = worldOf();
  const request = await normalise(demandWith(inputs, 0, length), world);
  const whole = await buildContext({ request, volumes: await resolveEfs(request, world) }, world);
  const { response, documents } = moveListsToDocuments(whole, 's3://temp/e');
  const items = response.setup_configs.data_sync_requests;
  expect(items.filter((item) => 'requests' in item)).toHaveLength(groups);
  expect([...documents.keys()].filter((uri) => uri.includes('inputs-'))).toHaveLength(groups);
  if (groups === 0) expect(items).toEqual(whole.setup_configs.data_sync_requests);
});

test('a repeated step writes the same documents again', async () => {
  const world = worldOf();
  const first = await chain(demandWith(600, 1, 200), world);
  const written = new Map(world.written);
  expect((await chain(demandWith(600, 1, 200), world)).response).toEqual(first.response);
  expect(world.written).toEqual(written);
  expect([...written.keys()][0]).toMatch(
    /^s3:\/\/temp\/executions\/(requests\/[0-9a-f]{64}|run-1\/inputs-0)\.json$/,
  );
});

test('a demand that is too large without its lists is refused, and nothing is made', async () => {
  const world = worldOf();
  const demand = demandOf({}, { execution_image: `docker.io/library/${'x'.repeat(250_000)}` });
  await expect(chain(demand, world)).rejects.toMatchObject({
    problems: [{ pointer: '/execution_parameters', message: expect.stringContaining('262,144') }],
  });
  expect(world.made.size).toBe(0);
});

test('the step that removes reads the list of removals from S3', async () => {
  const { response, world } = await chain(demandWith(2_000, 0));
  const { remove_data_paths_requests: requests } = response.cleanup_configs;
  expect(requests).toBe('s3://temp/executions/run-1/removals.json');
  const { paths_removed } = await removeDataPaths({ requests, reader: ARN }, world);
  expect(paths_removed).toHaveLength(2_001);
  await expect(removeDataPaths({ requests: 'x' }, world)).rejects.toMatchObject({
    name: 'DemandValidationError',
  });
});

test('the step data-sync copies a list of transfers, and records a reader for each input', async () => {
  const world = worldOf();
  const { response } = await chain(demandWith(700, 0, 150), world);
  const [item] = response.setup_configs.data_sync_requests;
  const read: string[] = [];
  const readers = {
    ...world.readers,
    add: async (location: object) => void read.push(JSON.stringify(location)),
  };
  const event = {
    data_sync_request: item,
    inline: true,
    cursor: '',
    so_far: [{ files_transferred: 1 }],
    reader: ARN,
  };
  const answer = await dataSync(event, { ...world, readers });
  expect(answer).toMatchObject({ status: 'DONE', cursor: '' });
  expect(read.length).toBeGreaterThanOrEqual(17);
});

test.each([
  [ARN, 'run-1'],
  [`${ARN}:x`, 'run-1%3Ax'],
  ['any', 'any'],
])('the folder of the execution %s', (execution, name) => {
  expect(executionFolder(execution, worldOf().documents)).toBe(`s3://temp/executions/${name}`);
});
