/** A state machine's file names functions and machines by placeholders, which the deployment fills in. */
import { parse } from 'yaml';

/**
 * Reads such a file.
 *
 * @param arnOf is given `DataSync` and `Function` for `${DataSyncFunctionArns}`; of each function there is one
 */
export function fillIn(text: string, arnOf: (name: string, kind: string) => string) {
  const filled = text.replaceAll(/\$\{(\w+?)(Function|StateMachine)Arns?\}/g, (_, name, kind) =>
    arnOf(name, kind),
  );
  return parse(filled, { merge: true });
}
