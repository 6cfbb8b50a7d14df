/**
 * The faults of the matrix on the local API: the packaged functions are threads that are really killed and really run out
 * of time, and StopExecution stops the executions. All demands run at once.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { startMotoServer } from '../../../local/api/moto-server';
import { contentsOf, ended, eventually, start } from '../../scenarios/executions';
import { demand } from '../../scenarios/scenarios';
import { PATIENCE_MS, type Tier } from '../../scenarios/tier';
import { openLocalTier, PROJECT } from '../../scenarios/tiers/local';
import { hasWorkingDirectory } from '../../scenarios/working-directories';
import { ApiFaults } from './api-faults';
import { expectedEnd, TARGETS, type Target } from './expected';
import { type Fault, KINDS } from './faults';
import { printTable, type Row } from './table';

jest.setTimeout(PATIENCE_MS);

const OUTPUT = 'data\n';
/** moto itself starts nested executions, so nothing comes between. */
const STARTS = /AtScale$/;

/** A job that ends well before it is told to stop has results, which stay until they are stored. */
const MAY_KEEP = new Set(['RunJob', 'SyncOutput']);

interface Case {
  readonly target: Target;
  readonly fault: Fault;
}

const CASES: readonly Case[] = TARGETS.filter(({ state }) => !STARTS.test(state)).flatMap((target) =>
  (target.kinds ?? KINDS).map((kind) => ({ target, fault: { kind, state: target.state, once: true } })),
);

let folder: string;
let tier: Tier;
let faults: ApiFaults;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fault-bundles-'));
  const stop = async (executionArn: string) => {
    await tier.sfn.send(new StopExecutionCommand({ executionArn }));
  };
  faults = new ApiFaults(folder, stop);
  tier = await openLocalTier({
    ...{ name: 'moto with faults', stage: 'created', faults },
    startServer: () => (gateway) =>
      startMotoServer(join(PROJECT, 'local/api'), join(PROJECT, '.cache/python'), {
        ...gateway,
        longestRetryWaitSeconds: 0.1,
      }),
  });
});
afterAll(async () => {
  await tier?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the demand of a case to its end, and until its clean-up has ended. */
async function run({ target, fault }: Case, index: number) {
  const id = `${tier.runId}-${index}`;
  const execution = `${tier.stateMachineArn.replace(':stateMachine:', ':execution:')}:${id}`;
  const { way } = target;
  faults.plan(execution, { ...fault, ...way });
  await start(tier, demand(tier, id, way.command));
  const { status, error, cause } = await ended(tier, execution);
  const expected = endOnApi(target, fault);
  if (expected.directory === false)
    await eventually(tier, async () => !(await hasWorkingDirectory(tier, id))).catch(() => undefined);
  const stored = (await contentsOf(tier, `${id}/`))[`${id}/out`];
  return {
    id,
    status,
    error,
    cause,
    expected,
    stored,
    hits: faults.hitsOf(execution),
    directory: await hasWorkingDirectory(tier, id),
  };
}

/** The clean-up of events removes what a failure leaves, but not results that are not stored. */
function endOnApi(
  target: Target,
  fault: Fault,
): { status: string; error?: string; directory: boolean | 'either' } {
  const { status, error, directory } = expectedEnd(target, fault);
  const isCleaned =
    directory !== false && (target.state === 'BuildContext' || target.state === 'CleanUpAfterFailure');
  const left = isCleaned ? false : directory;
  if (fault.kind === 'is stopped')
    return { status: 'ABORTED', directory: MAY_KEEP.has(target.state) ? 'either' : false };
  const named = target.state === 'RunJob' && fault.kind === 'throws' ? 'Batch.ClientException' : error;
  return { status, ...(named !== undefined && { error: named }), directory: left };
}

test('each task with each fault ends as it should, loses nothing and leaves nothing', async () => {
  const rows: Row[] = [];
  const ends = await Promise.all(CASES.map(run));
  const wrong = ends.filter(({ status, error, expected, stored, directory, hits }, index) => {
    const { state } = CASES[index]!.fault;
    const isLost = status === 'SUCCEEDED' ? stored !== OUTPUT : false;
    const isLeft = expected.directory === false && directory;
    rows.push({
      state,
      succeeded: Number(status === 'SUCCEEDED'),
      failed: Number(status !== 'SUCCEEDED'),
      bytesLost: isLost ? OUTPUT.length : 0,
      thingsLeft: Number(isLeft),
      kept: Number(directory && !isLeft),
    });
    return status !== expected.status || error !== expected.error || isLost || isLeft || hits === 0;
  });
  printTable('local API', rows);
  expect(wrong.map((end) => ({ ...end, case: CASES[ends.indexOf(end)]?.fault }))).toEqual([]);
  expect((await contentsOf(tier, 'in')).in).toBe(OUTPUT);
  const paths = readdirSync(tier.fileSystems!, { recursive: true, encoding: 'utf8' });
  const partial = paths.filter((path) => path.endsWith('.partial') || path.endsWith('.proposal'));
  // A killed BuildContext leaves the directory that it makes under another name. The sweeper removes it.
  expect(partial.filter((path) => !/\/scratch\/\.[0-9a-f.]+\.partial$/.test(path))).toEqual([]);
  expect(partial.length).toBeLessThanOrEqual(2);
});
