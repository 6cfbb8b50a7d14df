/** The deployed sweeper, beside a running demand. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { STATUS_SOURCE } from '../../src/events/model';
import { SWEEP_DETAIL_TYPE, type SweepEvent } from '../../src/sweep/event';
import { listenTo } from './event-listener';
import { ended, eventually, jobStatusOf, start } from './executions';
import { demand } from './scenarios';
import { ARE_MADE_HERE, type Tier } from './tier';
import { hasWorkingDirectory } from './working-directories';

/** Files are young in a test, so they go at once. In an account that others use, nothing goes. */
const REQUEST = {
  dry_run: !ARE_MADE_HERE,
  volumes: ['scratch', 'shared', 'tmp'].map((role) => ({ role, days_since_last_accessed: 0 })),
};

export function sweepScenarios(on: () => Tier): void {
  test('a sweep spares a running demand, removes what nobody uses, and reports it in an event', async () => {
    const tier = on();
    const id = `${tier.runId}-spared`;
    const { inbox, close } = await listenTo(tier, `${tier.runId}-sweeps`, {
      source: [STATUS_SOURCE],
      'detail-type': [SWEEP_DETAIL_TYPE],
    });
    const [old, young] = [plant(tier, 'tmp/old'), () => plant(tier, 'tmp/young')];
    await setTimeout(1_500);
    const arn = await start(tier, demand(tier, id, ['sleep', '600']));
    try {
      await eventually(tier, async () => (await jobStatusOf(tier, arn)) === 'RUNNING');
      const stays = young();
      const report = await sweep(tier);
      expect(report).toMatchObject({ version: 1, status: 'SUCCEEDED', failed_parts: [] });
      const scratch = report.parts.find(({ part }) => part === 'scratch');
      expect(scratch?.stays.execution).toBeGreaterThan(0);
      expect(scratch?.removed).toEqual({});
      expect(await hasWorkingDirectory(tier, id)).toBe(true);
      if (old !== undefined && stays !== undefined)
        expect([existsSync(old), existsSync(stays)]).toEqual([false, true]);
      const told = await inbox.until<{ readonly detail: SweepEvent }>((all) => all.length > 0);
      expect(told.map(({ detail }) => detail)).toContainEqual(report);
    } finally {
      await tier.sfn.send(new StopExecutionCommand({ executionArn: arn }));
      await ended(tier, arn);
      await close();
    }
  });

  test('two sweeps at once end without a failure', async () => {
    const tier = on();
    const reports = await Promise.all([sweep(tier), sweep(tier)]);
    for (const { parts, failed_parts: failed } of reports) {
      expect(failed).toEqual([]);
      expect(parts.flatMap(({ failures }) => failures)).toEqual([]);
    }
  });
}

/** Writes a file on the file system, when it is a folder of this machine. */
function plant({ fileSystems, fileSystemId }: Tier, path: string): string | undefined {
  if (fileSystems === undefined) return undefined;
  const file = join(fileSystems, fileSystemId, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, 'x');
  return file;
}

async function sweep(tier: Tier): Promise<SweepEvent> {
  const { executionArn = '' } = await tier.sfn.send(
    new StartExecutionCommand({
      stateMachineArn: tier.stateMachineArn.replace(/-execution$/, '-sweep'),
      name: `${tier.runId}-${randomUUID()}`,
      input: JSON.stringify(REQUEST),
    }),
  );
  const { status, output = '', cause } = await ended(tier, executionArn);
  if (status !== 'SUCCEEDED') throw new Error(`The sweep is ${status}: ${cause}`);
  return JSON.parse(output);
}
