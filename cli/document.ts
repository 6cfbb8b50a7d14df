/** Reads the file of a demand. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { DemandValidationError, describeError, refuseIfAny } from '../src/errors';
import { repeatedFields } from './repeated-fields';

/** @throws DemandValidationError when the file cannot be read, is not JSON, or has a field twice in one object */
export async function readDocument(file: string): Promise<unknown> {
  const content =
    file === '-'
      ? await text(process.stdin)
      : await readFile(file, 'utf8').catch(refuse(file, 'cannot be read'));
  // Some editors begin a file with a byte order mark, which JSON does not allow.
  const json = content.replace(/^\uFEFF/, '');
  const document = parse(json, file);
  refuseIfAny(repeatedFields(json));
  return document;
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
