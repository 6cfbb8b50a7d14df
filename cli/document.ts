/** Reads the file of a demand. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { DemandValidationError, describeError } from '../src/errors';

/** @throws DemandValidationError when the file cannot be read, or is not JSON */
export async function readDocument(file: string): Promise<unknown> {
  const content =
    file === '-'
      ? await text(process.stdin)
      : await readFile(file, 'utf8').catch(refuse(file, 'cannot be read'));
  try {
    // Some editors begin a file with a byte order mark, which JSON does not allow.
    return JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch (error) {
    return refuse(file, 'is not JSON')(error);
  }
}

function refuse(file: string, what: string): (error: unknown) => never {
  return (error) => {
    throw new DemandValidationError([
      {
        pointer: '',
        message: `${file} ${what} (${describeError(error).message})`,
        remedy: 'Give the path of a JSON document, or - for standard input',
      },
    ]);
  };
}
