/** `demand sweep --stage STAGE`: starts the sweeping machine of a stage, follows it, and prints its report. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { executionArnOf } from '../../src/history/arns';
import { sweepMachineOf } from '../../src/machines/names';
import type { SweepEvent } from '../../src/sweep/event';
import { err, out } from '../output/output';
import { EXIT } from '../refusal';
import { sweepLines } from '../sweep-lines';
import type { AwsApi } from './api';
import { Pace } from './follow';
import { findMachineNamed } from './machine';
import type { AwsSweepOptions } from './options';
import { leaveOnSignals, withAws } from './verb';

export function sweepStageCommand(options: AwsSweepOptions): Promise<number> {
  return withAws(options, async (api) => {
    const machine = await findMachineNamed(api, sweepMachineOf(options.stage), options);
    const name = `by-hand-${randomUUID()}`;
    // Without the field, the configuration of the stage decides.
    await api.start(machine, name, JSON.stringify(options.dryRun ? { dry_run: true } : {}));
    const arn = executionArnOf(machine, name);
    leaveOnSignals(`no longer following; the sweep goes on as ${arn}`);
    if (options.json) out.json({ type: 'sweeping', executionArn: arn });
    else err.line(`sweeping ${options.stage}: ${arn}`);
    return tell(await ended(api, arn), options);
  });
}

async function ended(api: AwsApi, arn: string) {
  const pace = new Pace();
  for (;;) {
    // The description may not know a new execution yet.
    const found = await api.execution(arn);
    if (found !== undefined && found.status !== 'RUNNING') return found;
    await setTimeout(pace.next(false));
  }
}

function tell(
  { status, output, error = status, cause = '' }: Awaited<ReturnType<typeof ended>>,
  { json }: AwsSweepOptions,
): number {
  if (status === 'SUCCEEDED') {
    const report: SweepEvent = JSON.parse(output ?? '');
    if (json) out.json({ type: 'swept', ...report });
    else out.lines(sweepLines(report));
    return EXIT.ok;
  }
  if (json) out.json({ type: 'error', error, message: cause });
  else err.message(`${error}: ${cause}`);
  return EXIT.failed;
}
