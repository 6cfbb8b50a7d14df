/** The log lines of an execution's functions, on the command line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemandProcess, jsonLines } from '../cli/demand-process';
import { ended, eventually, start } from './executions';
import { COPY, demand, ENDS } from './scenarios';
import type { Tier } from './tier';

/** States that call a function, in a demand with one small input and one small output. */
const STATES = [
  ...['Normalise', 'ResolveEfs', 'BuildContext', 'PrepareBatchArgs', 'SyncInput', 'SyncOutput'],
  'RemoveData',
  // Events, not states, call the functions that report statuses.
  '',
];
const TOLD = new Set(STATES.flatMap((state) => [`${state} start`, `${state} end`]));

export function functionLogScenarios(on: () => Tier): void {
  test("the log lines of a demand's functions are shown, and no lines of another demand", async () => {
    const tier = on();
    const ids = ['one', 'other'].map((name) => `${tier.runId}-logs-${name}`);
    const arns = await Promise.all(ids.map((id) => start(tier, demand(tier, id, COPY))));
    for (const arn of arns) expect(await ended(tier, arn)).toMatchObject(ENDS.success);
    for (const [index, id] of ids.entries()) {
      let lines: Awaited<ReturnType<typeof linesAbout>> = [];
      // A line arrives some time after its write.
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

/** Returns the distinct lines: AWS may have retried a state, so their number varies. */
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
