/** How large a demand may be. */
import type { Problem } from '../errors';

/** Of StartExecution's input: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const INPUT_BYTES = 262_144;

/** @param input the demand as JSON, as it is sent */
export function tooLarge(input: string): Problem[] {
  const bytes = Buffer.byteLength(input);
  if (bytes <= INPUT_BYTES) return [];
  return [
    {
      pointer: '',
      message: `the demand has ${bytes} bytes, and Step Functions takes ${INPUT_BYTES}`,
      remedy: 'Put what is long into a file that is an input',
    },
  ];
}
