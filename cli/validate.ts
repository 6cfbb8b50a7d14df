import { examineDocument } from '../local/execution/examine';
import { LocalRoot } from '../local/world/root';
import { ignoredFields } from '../src/context/ignored-fields';
import { refuseIfAny } from '../src/errors';
import { readDocument } from './document';
import { ignoredFieldLines } from './ignored-fields';
import { stageOptions, type WorldOptions } from './options';
import { out } from './output/output';
import { EXIT, withRefusals } from './refusal';

/** `demand validate FILE`: does the complete check that a run begins with. */
export function validateCommand(file: string, { root, json, ...options }: WorldOptions): Promise<number> {
  return withRefusals(json, async () => {
    const signal = new AbortController().signal;
    const document = await readDocument(file);
    const { problems } = await examineDocument(document, {
      ...options,
      ...(await stageOptions(options)),
      root: new LocalRoot(root),
      signal,
    });
    refuseIfAny(problems);
    const ignored = ignoredFields(document);
    if (json) out.json({ type: 'valid', ignoredFields: ignored });
    else out.lines(validLines(file, ignored));
    return EXIT.ok;
  });
}

function validLines(file: string, ignored: readonly string[]): string[] {
  const valid = `${file} is a valid demand, and its inputs exist.`;
  return [valid, ...ignoredFieldLines(ignored)];
}
