/** The limits of the size of a demand. */
import { STATE_BYTES } from '../aws-limits';
import type { Problem } from '../errors';
import { nestingProblem } from '../wire/problems';

/**
 * Returns the problem of a demand that is too large for an execution, or that has too many levels. The checks of such a
 * demand could take too long, or exceed the stack.
 */
export function inputSizeProblems(document: unknown): Problem[] {
  const tooDeep = nestingProblem(document, []);
  if (tooDeep !== undefined) return [tooDeep];
  const bytes = Buffer.byteLength(JSON.stringify(document) ?? '');
  if (bytes <= STATE_BYTES) return [];
  return [
    {
      pointer: '',
      message: `the demand has ${bytes} bytes, and Step Functions accepts ${STATE_BYTES}`,
      remedy: 'Put long values into a file that is an input',
    },
  ];
}
