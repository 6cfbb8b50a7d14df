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
import type { AwsOptions, AwsSweepOptions } from './options';
import { leaveOnSignals, withAws } from './verb';

export function sweepStageCommand(options: AwsSweepOptions): Promise<number> {
  return withAws(options, async (api) => {
    const machine = await findMachineNamed(api, sweepMachineOf(options.stage), options);
    // Without the field, the configuration of the stage decides.
    const ended = await runSweep(api, machine, options.dryRun ? { dry_run: true } : {}, (arn) => {
      if (options.json) out.json({ type: 'sweeping', executionArn: arn });
      else err.line(`sweeping ${options.stage}: ${arn}`);
    });
    if (ended.report === undefined) return tellFailedSweep(ended, options);
    if (options.json) out.json({ type: 'swept', ...ended.report });
    else out.lines(sweepLines(ended.report));
    return EXIT.ok;
  });
}

type EndedSweep =
  | { readonly report: SweepEvent }
  | { readonly report?: undefined; readonly error: string; readonly cause: string };

/** Starts a sweep, and waits for its end. @param onStart gets the ARN of the sweep */
export async function runSweep(
  api: AwsApi,
  machine: string,
  request: object,
  onStart: (executionArn: string) => void,
): Promise<EndedSweep> {
  const name = `by-hand-${randomUUID()}`;
  await api.start(machine, name, JSON.stringify(request));
  const arn = executionArnOf(machine, name);
  leaveOnSignals(`no longer following; the sweep goes on as ${arn}`);
  onStart(arn);
  const { status = '', output = '', error = status, cause = '' } = await ended(api, arn);
  return status === 'SUCCEEDED' ? { report: JSON.parse(output) } : { error, cause };
}

export function tellFailedSweep(
  { error, cause }: { readonly error: string; readonly cause: string },
  { json }: AwsOptions,
): number {
  if (json) out.json({ type: 'error', error, message: cause });
  else err.message(`${error}: ${cause}`);
  return EXIT.failed;
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
