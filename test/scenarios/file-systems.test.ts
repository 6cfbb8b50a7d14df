/** Demands on a stack with two file systems, each of which has functions of its own. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeFileSystemsCommand, EFSClient } from '@aws-sdk/client-efs';
import { contentsOf, ended, historyOf, start } from './executions';
import { COPY, demand, uriOf } from './scenarios';
import { openTier, PATIENCE_MS, type Tier } from './tier';

jest.setTimeout(PATIENCE_MS);

let tier: Tier;
const ids = new Map<string, string>();

beforeAll(async () => {
  tier = await openTier('test/deployment/two-file-systems.yml');
  const { FileSystems = [] } = await new EFSClient(tier.settings).send(new DescribeFileSystemsCommand({}));
  for (const { Name = '', FileSystemId = '' } of FileSystems) ids.set(Name, FileSystemId);
});
afterAll(() => tier?.stop());

const folderOf = (name: string) => join(tier.fileSystems ?? '', ids.get(`local-demand-${name}`) ?? '');

/** Its inputs are in the shared volume. */
function demandOn(id: string, roles: readonly string[]) {
  const { execution_parameters: parameters, ...rest } = demand(tier, id, COPY);
  const params = { ...parameters.params, data: uriOf(tier, 'in') };
  const archive = (role: string) => ({
    file_system: 'local-demand-archive',
    access_point: `archive-${role}`,
    // Jobs are processes here, and see the folders themselves.
    container_path: join(folderOf('archive'), role),
  });
  return {
    execution_id: id,
    demand_execution: { ...rest, execution_parameters: { ...parameters, params } },
    context_manager_configuration: { isolate_inputs: false },
    file_system_configurations: Object.fromEntries(roles.map((role) => [role, archive(role)])),
  };
}

async function run(id: string, roles: readonly string[]) {
  const arn = await start(tier, demandOn(id, roles));
  const described = await ended(tier, arn);
  const events = await historyOf(tier, arn);
  const called = events.flatMap(({ taskScheduledEventDetails: details }) =>
    details?.resourceType === 'lambda' ? [JSON.parse(details.parameters ?? '{}').FunctionName as string] : [],
  );
  const short = called.map((name) => /local-(\w+)(-on-archive)?/.exec(name)?.[0]);
  return { described, called: short };
}

const working = (name: string) => {
  const scratch = join(folderOf(name), 'scratch');
  return existsSync(scratch) ? readdirSync(scratch) : [];
};

test('an input on one, the work on the other', async () => {
  const { described, called } = await run('two', ['shared']);
  expect(described).toMatchObject({ status: 'SUCCEEDED' });
  expect(await contentsOf(tier, 'two/')).toEqual({ 'two/out': 'data\n' });
  expect(called).toEqual([
    ...['local-normalise', 'local-resolveEfs', 'local-buildContext', 'local-prepareBatchArgs'],
    ...['local-dataSync', 'local-dataSync-on-archive', 'local-dataSync'],
    ...['local-removeDataPaths', 'local-removeDataPaths-on-archive'],
  ]);
  expect(readdirSync(join(folderOf('archive'), 'shared'))).not.toEqual([]);
  expect(existsSync(join(folderOf('main'), 'shared'))).toBe(false);
  expect(working('main')).not.toContain('two');
});

test('all on the second', async () => {
  const { described, called } = await run('second', ['scratch', 'shared']);
  expect(described).toMatchObject({ status: 'SUCCEEDED' });
  expect(await contentsOf(tier, 'second/')).toEqual({ 'second/out': 'data\n' });
  expect(called).toContain('local-buildContext-on-archive');
  expect(called).not.toContain('local-dataSync');
  expect(working('archive')).not.toContain('second');
});
