/** The size limit of a demand. */
import { STATE_BYTES } from '../aws-limits';
import type { Problem } from '../errors';

/**
 * Returns the problem of a demand that is too large for an execution.
 *
 * @param input the demand as the JSON text that is sent
 */
export function inputSizeProblems(input: string): Problem[] {
  const bytes = Buffer.byteLength(input);
  if (bytes <= STATE_BYTES) return [];
  return [
    {
      pointer: '',
      message: `the demand has ${bytes} bytes, and Step Functions accepts ${STATE_BYTES}`,
      remedy: 'Put long values into a file that is an input',
    },
  ];
}
