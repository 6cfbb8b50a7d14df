/** How large a demand may be. */
import { STATE_BYTES } from '../aws-limits';
import type { Problem } from '../errors';

/** @param input the demand as JSON, as it is sent */
export function tooLarge(input: string): Problem[] {
  const bytes = Buffer.byteLength(input);
  if (bytes <= STATE_BYTES) return [];
  return [
    {
      pointer: '',
      message: `the demand has ${bytes} bytes, and Step Functions takes ${STATE_BYTES}`,
      remedy: 'Put what is long into a file that is an input',
    },
  ];
}
