import { examineDocument } from '../local/execution/examine';
import { LocalRoot } from '../local/world/root';
import { DemandValidationError } from '../src/errors';
import type { WorldOptions } from './demand';
import { readDocument } from './document';
import { EXIT, withRefusals } from './refusal';

/** `demand validate FILE`: the whole check that a run begins with. */
export function validateCommand(file: string, { root, json, ...options }: WorldOptions): Promise<number> {
  return withRefusals(json, async () => {
    const signal = new AbortController().signal;
    const { problems } = await examineDocument(await readDocument(file), {
      ...options,
      root: new LocalRoot(root),
      signal,
    });
    if (problems.length > 0) throw new DemandValidationError(problems);
    process.stdout.write(
      json
        ? `${JSON.stringify({ type: 'valid' })}\n`
        : `${file} is a sound demand, and its inputs are there.\n`,
    );
    return EXIT.ok;
  });
}
