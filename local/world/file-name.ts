/** File names for the records of an execution. An id may have all the bytes that a file name can have. */
import { createHash } from 'node:crypto';
import { FILE_NAME_BYTES } from '../../src/aws-limits';

const HASH_DIGITS = 16;

/**
 * Returns the name with the ending. A name that would be too long keeps its beginning, and has a hash in place of the
 * rest. So different names stay different.
 */
export function fittingName(name: string, ending = ''): string {
  if (Buffer.byteLength(name + ending) <= FILE_NAME_BYTES) return name + ending;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_DIGITS);
  const rest = `-${hash}${ending}`;
  let kept = '';
  for (const character of name) {
    if (Buffer.byteLength(kept + character + rest) > FILE_NAME_BYTES) break;
    kept += character;
  }
  return kept + rest;
}
