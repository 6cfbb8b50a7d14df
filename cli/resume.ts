/** `demand resume ID` and `demand list --kept`: kept directories of a root of this machine. */
import { listKept, resumeDemand } from '../local/execution/resume';
import { LocalRoot } from '../local/world/root';
import { describeError } from '../src/errors';
import { cancelOnSignals } from './cancel';
import { tellKept } from './kept-lines';
import type { ResumeOptions } from './options';
import { err, out } from './output/output';
import { EXIT, withRefusals } from './refusal';
import { TextView } from './text-view';

/** Stores the outputs of a kept directory, and removes it. */
export function resumeCommand(executionId: string, options: ResumeOptions): Promise<number> {
  const { json } = options;
  return withRefusals(json, async () => {
    const signal = cancelOnSignals();
    const view = new TextView(out, Date.now, false);
    const running = resumeDemand(executionId, {
      root: new LocalRoot(options.root),
      runner: options.runner,
      inlineLimits: { maxBytes: options.inlineMaxBytes, maxFiles: options.inlineMaxFiles },
      signal,
      listener: (event) => (json ? out.json(event) : view.show(event)),
      hostEnvironment: process.env,
      now: Date.now,
    });
    const ended = await running.catch((error: unknown) => {
      if (!signal.aborted) throw error;
      err.message(describeError(signal.reason).message);
    });
    if (ended?.status === 'SUCCEEDED') return EXIT.ok;
    return signal.aborted ? EXIT.cancelled : EXIT.failed;
  });
}

/** Lists the kept directories of a root, the oldest first. */
export async function listKeptCommand({ root, json }: Pick<ResumeOptions, 'root' | 'json'>): Promise<number> {
  const found = await listKept(new LocalRoot(root));
  tellKept(
    found.map((each) => ({ ...each, since: new Date(each.since).toISOString() })),
    { json },
  );
  if (found.length === 0 && !json) err.line(`${root} has no kept directories`);
  return EXIT.ok;
}
