/** What the functions of an execution have logged about it, asked for on the command line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemandProcess, jsonLines } from '../cli/demand-process';
import { ended, eventually, start } from './executions';
import { COPY, demand, ENDS } from './scenarios';
import type { Tier } from './tier';

/** That call a function, in a demand with one small input and one small output. */
const STATES = [
  ...['Normalise', 'ResolveEfs', 'BuildContext', 'PrepareBatchArgs', 'SyncInput', 'SyncOutput'],
  'RemoveData',
  // Of no state: what tells of statuses is called by events.
  '',
];
const TOLD = new Set(STATES.flatMap((state) => [`${state} start`, `${state} end`]));

export function functionLogScenarios(on: () => Tier): void {
  test('what functions have logged about a demand is told, and nothing about one beside it', async () => {
    const tier = on();
    const ids = ['one', 'other'].map((name) => `${tier.runId}-logs-${name}`);
    const arns = await Promise.all(ids.map((id) => start(tier, demand(tier, id, COPY))));
    for (const arn of arns) expect(await ended(tier, arn)).toMatchObject(ENDS.success);
    for (const [index, id] of ids.entries()) {
      let lines: Awaited<ReturnType<typeof linesAbout>> = [];
      // A line arrives some time after it was written.
      await eventually(tier, async () => {
        lines = await linesAbout(tier, id);
        return [...TOLD].every((each) => toldBy(lines).has(each));
      });
      expect(toldBy(lines)).toEqual(TOLD);
      expect(new Set(lines.map(({ execution }) => execution))).toEqual(new Set([arns[index]]));
    }
  });
}

interface Line {
  readonly execution: string;
  readonly state: string;
  readonly logged: { readonly message: string };
}

/** Without how often: AWS may have had a state tried again. */
function toldBy(lines: readonly Line[]): Set<string> {
  return new Set(lines.map(({ state, logged }) => `${state} ${logged.message}`));
}

async function linesAbout(tier: Tier, id: string): Promise<Line[]> {
  const folder = mkdtempSync(join(tmpdir(), 'function-logs-'));
  const command = ['logs', id, '--functions', '--json', '--state-machine', tier.stateMachineArn];
  const told = await new DemandProcess(folder, [], command, tier.environment).ended;
  rmSync(folder, { recursive: true });
  expect(told).toMatchObject({ exitCode: 0 });
  return told.stdout === '' ? [] : (jsonLines(told) as unknown as Line[]);
}
