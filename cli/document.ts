/** Reads the file of a demand. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { DemandValidationError, describeError, refuseIfAny } from '../src/errors';
import { repeatedFields } from './repeated-fields';

/** @throws DemandValidationError when the file cannot be read, is not JSON in UTF-8, or has a field twice in one object */
export async function readDocument(file: string): Promise<unknown> {
  const content =
    file === '-' ? await buffer(process.stdin) : await readFile(file).catch(refuse(file, 'cannot be read'));
  const json = decode(content, file);
  const document = parse(json, file);
  refuseIfAny(repeatedFields(json));
  return document;
}

/** Leaves out a byte order mark: some editors begin a file with it, and JSON does not allow it. */
function decode(content: Buffer, file: string): string {
  try {
    // By default each byte that is not UTF-8 would become U+FFFD, in the middle of a name.
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (error) {
    return refuse(file, 'is not UTF-8')(error);
  }
}

function parse(json: string, file: string): unknown {
  try {
    return JSON.parse(json);
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
