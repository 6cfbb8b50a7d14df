/** `demand list --kept --stage STAGE`: the sweeping machine reads the records of kept directories, and removes nothing. */
import { sweepMachineOfBase } from '../../src/machines/names';
import { type KeptLine, tellKept } from '../kept-lines';
import { err } from '../output/output';
import { EXIT } from '../refusal';
import { findMachine } from './machine';
import type { AwsOptions } from './options';
import { runSweep, tellFailedSweep } from './sweep';
import { withAws } from './verb';

/** A sweep without a volume: it reads the records only. */
const RECORDS_ONLY = { dry_run: true, volumes: [] };

export function listKeptOnStageCommand(options: AwsOptions): Promise<number> {
  return withAws(options, async (api) => {
    const { arn, envBase } = await findMachine(api, options);
    const machine = arn.replace(/[^:]*$/, sweepMachineOfBase(envBase));
    const ended = await runSweep(api, machine, RECORDS_ONLY, (sweep) =>
      err.line(`reading the records of ${envBase}: ${sweep}`),
    );
    if (ended.report === undefined) return tellFailedSweep(ended, options);
    const all = ended.report.parts.map(({ kept, kept_count: count = 0 }) => ({ kept: kept ?? [], count }));
    const found = all.flatMap(({ kept }): readonly KeptLine[] => kept);
    tellKept(found, options);
    const unnamed = all.reduce((sum, { kept, count }) => sum + count - kept.length, 0);
    if (unnamed > 0)
      err.line(`and ${unnamed} younger directories, which the records do not show before these`);
    if (found.length === 0 && !options.json) err.line(`${envBase} has no kept directories`);
    return EXIT.ok;
  });
}
