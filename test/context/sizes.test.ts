import { sizeProblems, stateBytes } from '../../src/context/sizes';
import { buildContext } from '../../src/steps/build-context';
import { resolveEfs } from '../../src/steps/resolve-efs';
import { withoutEmpty } from '../../src/wire/json';
import { demandOf, type Fields } from '../demand/arbitraries';
import { stepWorld } from '../steps/worlds';

const manyInputs = (count: number): Fields => {
  const names = Array.from({ length: count }, (_, index) => `in-${index}`);
  return {
    params: Object.fromEntries(names.map((name) => [name, `s3://bucket/folder/${name} @ data/${name}`])),
    inputs: names,
  };
};

async function build(parameters: Fields, execution?: string, configuration: Fields = {}) {
  const world = stepWorld();
  const request = { demand_execution: demandOf(parameters), context_manager_configuration: configuration };
  const volumes = await resolveEfs(request, world);
  const built = buildContext({ request, volumes, ...withoutEmpty({ execution }) }, world);
  return { built, made: world.made };
}

test.each([10, 200])('%d inputs fit into the state of the machine', async (count) => {
  const { built } = await build(manyInputs(count), 'arn');
  const { setup_configs } = await built;
  expect(setup_configs.data_sync_requests).toHaveLength(count);
});

test('an execution that is too large for its state is refused, and nothing is made', async () => {
  const { built, made } = await build(manyInputs(500), 'arn');
  await expect(built).rejects.toMatchObject({
    problems: [
      { pointer: '/execution_parameters', message: expect.stringContaining('500 inputs and outputs') },
    ],
  });
  expect(made.size).toBe(0);
});

test('an environment that is too large for Batch is refused, unless it is in a file', async () => {
  const long = { params: { a: 'x'.repeat(5_000), b: 'y'.repeat(5_000) } };
  const { built } = await build(long, 'arn', { env_file_write_mode: 'NEVER' });
  await expect(built).rejects.toMatchObject({
    problems: [
      { pointer: '/execution_parameters/params', message: expect.stringContaining('AWS Batch accepts 8192') },
    ],
  });
  await expect((await build(long, 'arn')).built).resolves.toBeDefined();
});

describe('the limits', () => {
  test('of the overrides: 8,192 bytes are accepted, and one more byte is refused', async () => {
    const response = await (await build({})).built;
    const { setup_configs: setup } = response;
    // The rest of the JSON texts has 27 bytes: [{"name":"A","value":""}] and [].
    const problemsWith = (length: number) => {
      const job = {
        ...setup.batch_create_request,
        environment: { A: 'x'.repeat(length) },
        resource_requirements: [],
      };
      return sizeProblems({ ...response, setup_configs: { ...setup, batch_create_request: job } });
    };
    expect(problemsWith(8_165)).toEqual([]);
    expect(problemsWith(8_166)).toMatchObject([{ message: expect.stringContaining('has 8193 bytes') }]);
  });

  test('of the state: 240,000 bytes are accepted, and one more byte is refused', async () => {
    const { demand_execution: demand, ...configs } = await (await build({})).built;
    const ofBytes = (bytes: number) => {
      const withId = (execution_id: string) => ({
        demand_execution: { ...demand, execution_id },
        ...configs,
      });
      const rest = Buffer.byteLength(JSON.stringify(withId('')));
      return sizeProblems(withId('x'.repeat(bytes - rest)));
    };
    expect(ofBytes(240_000)).toEqual([]);
    expect(ofBytes(240_001)).toMatchObject([{ message: expect.stringContaining('has 240001 bytes') }]);
  });
});

test('the state has the configurations, the overrides, and the result of each transfer', async () => {
  const { setup_configs, cleanup_configs } = await (await build(manyInputs(2))).built;
  const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  const { environment, resource_requirements } = setup_configs.batch_create_request;
  const list = Object.entries(environment).map(([name, value]) => ({ name, value }));
  const results = setup_configs.data_sync_requests.map(
    ({ source_path, destination_path }) => 200 + bytesOf([source_path, destination_path]),
  );
  const parts = [...[setup_configs, cleanup_configs, list, resource_requirements].map(bytesOf), ...results];
  // The demand itself is not in the later states.
  const response = { setup_configs, cleanup_configs };
  expect(results).toHaveLength(2);
  expect(stateBytes(response)).toBe(parts.reduce((sum, part) => sum + part));
});

test('a call without an execution gets the answer of the original, of any size', async () => {
  const { built } = await build(manyInputs(500));
  expect((await built).setup_configs.data_sync_requests).toHaveLength(500);
});
