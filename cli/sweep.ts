/** `demand sweep`: removes what nobody needs any more, in a root of this machine or on AWS. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sweepRoot } from '../local/sweep/sweep';
import { LocalRoot } from '../local/world/root';
import { describeError } from '../src/errors';
import { withoutEmpty } from '../src/wire/json';
import { cancelOnSignals } from './cancel';
import { ownerOf } from './local/ownership';
import type { SweepOptions } from './options';
import { err, out } from './output/output';
import { EXIT, withRefusals } from './refusal';
import { sweepLines } from './sweep-lines';

export function sweepCommand({ root, dryRun, days, json }: SweepOptions): Promise<number> {
  return withRefusals(json, async () => {
    const signal = cancelOnSignals();
    if (!hasDemands(root)) {
      const problem = existsSync(root) ? 'has no local demands' : 'does not exist';
      err.line(
        `${root} ${problem}. Give the folder of local demands with --root, or a stage on AWS with --stage`,
      );
      return EXIT.refused;
    }
    const swept = await sweepRoot({
      root: new LocalRoot(root),
      isDryRun: dryRun,
      isApiRunning: (await ownerOf(join(root, 'api'))) !== undefined,
      signal,
      ...withoutEmpty({ days }),
    });
    if ('report' in swept) {
      if (json) out.json({ type: 'swept', ...swept.report });
      else out.lines(sweepLines(swept.report));
      return EXIT.ok;
    }
    const message = signal.aborted ? describeError(signal.reason).message : swept.cause;
    if (json) out.json({ type: 'error', error: swept.error, message });
    else err.message(`${swept.error}: ${message}`);
    return signal.aborted ? EXIT.cancelled : EXIT.failed;
  });
}

/** A sweep makes missing folders of a root, and removes files in them: only in a folder that was a root before. */
function hasDemands(root: string): boolean {
  return ['executions', 'api'].some((name) => existsSync(join(root, name)));
}
