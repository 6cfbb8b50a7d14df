/** Demands on a stack with two file systems and with secrets. Each file system has functions of its own. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeFileSystemsCommand, EFSClient } from '@aws-sdk/client-efs';
import {
  DescribeStateMachineCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { fileLeases } from '../../src/adapters/files/file-leases';
import { LEASES_FOLDER } from '../../src/adapters/files/file-names';
import { sharedInputKey } from '../../src/context/paths';
import { acquireLease, type Lease } from '../../src/transfer/lease/lease';
import { localLocation } from '../../src/transfer/schemes/file-systems';
import { contentsOf, ended, eventually, historyOf, start } from './executions';
import { COPY, demand, uriOf } from './scenarios';
import { secretScenarios } from './secret-scenarios';
import { openTier, PATIENCE_MS, type Tier } from './tier';

jest.setTimeout(PATIENCE_MS);

let tier: Tier;
const ids = new Map<string, string>();

beforeAll(async () => {
  tier = await openTier('on two file systems');
  const { FileSystems = [] } = await new EFSClient(tier.settings).send(new DescribeFileSystemsCommand({}));
  for (const { Name = '', FileSystemId = '' } of FileSystems) ids.set(Name, FileSystemId);
});
afterAll(() => tier?.stop());

const folderOf = (name: string) => join(tier.fileSystems ?? '', ids.get(`local-demand-${name}`) ?? '');

/** Returns a demand with its inputs in the shared volume. */
function demandOn(id: string, roles: readonly string[]) {
  const { execution_parameters: parameters, ...rest } = demand(tier, id, COPY);
  const params = { ...parameters.params, data: uriOf(tier, 'in') };
  const archive = (role: string) => ({
    file_system: 'local-demand-archive',
    access_point: `archive-${role}`,
    // Jobs are processes here, and use the folders of this machine.
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

/** Takes the lease of a path, as another writer does: a function that stages there waits. */
async function lease(name: string, path: string) {
  const mounts = [{ path: folderOf(name), fileSystemId: ids.get(`local-demand-${name}`) ?? '', root: '/' }];
  const leases = fileLeases({ mounts });
  const options = { name: path, signal: new AbortController().signal, mayWait: () => false };
  return acquireLease(await leases.open(localLocation(path)), options, leases);
}

/** Shortens the time-out of staging. The deployed task has a quarter of an hour, and nothing is removed before its end. */
async function shortenStaging(seconds: number) {
  const { stateMachineArn } = tier;
  const { definition = '' } = await tier.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const machine = JSON.parse(definition);
  machine.States.StageInputs.ItemProcessor.States.SyncInput.TimeoutSeconds = seconds;
  await tier.sfn.send(
    new UpdateStateMachineCommand({ stateMachineArn, definition: JSON.stringify(machine) }),
  );
  return () => tier.sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));
}

/** Returns the records of readers on a file system. */
const recordsOn = (name: string) => {
  const folder = join(folderOf(name), LEASES_FOLDER, 'readers');
  return existsSync(folder) ? readdirSync(folder) : [];
};

const working = (name: string) => {
  const scratch = join(folderOf(name), 'scratch');
  return existsSync(scratch) ? readdirSync(scratch) : [];
};

test('a demand has an input on one file system and its working directory on the other', async () => {
  const { described, called } = await run('two', ['shared']);
  expect(described).toMatchObject({ status: 'SUCCEEDED' });
  expect(await contentsOf(tier, 'two/')).toEqual({ 'two/out': 'data\n' });
  expect(called).toEqual([
    ...['local-normalise', 'local-resolveEfs', 'local-buildContext', 'local-prepareBatchArgs'],
    ...['local-dataSync', 'local-dataSync-on-archive', 'local-dataSync', 'local-dataSync'],
    ...['local-removeDataPaths', 'local-removeDataPaths-on-archive'],
  ]);
  expect(readdirSync(join(folderOf('archive'), 'shared'))).not.toEqual([]);
  expect(existsSync(join(folderOf('main'), 'shared'))).toBe(false);
  expect(working('main')).not.toContain('two');
});

test('a demand has all its volumes on the second file system', async () => {
  const { described, called } = await run('second', ['scratch', 'shared']);
  expect(described).toMatchObject({ status: 'SUCCEEDED' });
  expect(await contentsOf(tier, 'second/')).toEqual({ 'second/out': 'data\n' });
  expect(called).toContain('local-buildContext-on-archive');
  expect(called).not.toContain('local-dataSync');
  expect(working('archive')).not.toContain('second');
});

describe('functions that run on after a stop', () => {
  const id = 'goes-on';
  // No other test has staged this input.
  const remote = () => uriOf(tier, 'demand-examples/penguins/lookup/species.csv');
  const staged = () => join(folderOf('archive'), 'shared', sharedInputKey(remote(), {}));
  let leases: Lease[] = [];
  let restore: () => Promise<unknown>;
  beforeAll(async () => {
    leases = [await lease('archive', staged())];
    restore = await shortenStaging(8);
  });
  afterAll(() => restore());
  const release = () => Promise.all(leases.splice(0).map((each) => each.release()));
  afterEach(release);

  /** Returns a demand with its working directory on one file system, and its shared input on the other. */
  function demandOnBoth() {
    const { demand_execution: demand, ...rest } = demandOn(id, ['shared']);
    const { params, ...parameters } = demand.execution_parameters;
    const execution_parameters = { ...parameters, params: { ...params, data: remote() } };
    return { ...rest, demand_execution: { ...demand, execution_parameters } };
  }

  test('leave no files, and keep no shared input', async () => {
    const arn = await start(tier, demandOnBoth());
    await eventually(tier, async () => recordsOn('archive').length > 0);
    await tier.sfn.send(new StopExecutionCommand({ executionArn: arn }));
    expect(await ended(tier, arn)).toMatchObject({ status: 'ABORTED' });
    await release();
    await eventually(tier, async () => existsSync(staged()));
    await eventually(tier, async () => !working('main').includes(id) && recordsOn('archive').length === 0);
    expect(readFileSync(staged())).toEqual(
      readFileSync('examples/penguins/s3/demand-examples/penguins/lookup/species.csv'),
    );
  });
});

secretScenarios(() => tier);
