/**
 * Names of the service's own files among the files of a transfer. A source with such a name is refused: skipped, the file
 * would be lost when its source is removed.
 */
import { createHash } from 'node:crypto';
import { formatLocation, type Location } from './location';

/** The environment file of a job in its working directory, or the folder that hides the file from other jobs. */
export const ENVIRONMENT_NAME = '.demand.env';
/** The folder of an unfinished large file, beside the file. */
const PARTIAL_FOLDER = '.demand.partial';
/** Folders of records at the root of a mount. */
const RECORDS = ['.demand.leases', '.demand.verified', '.demand.kept'];
const OWN_FOLDERS: ReadonlySet<string> = new Set([PARTIAL_FOLDER, ...RECORDS]);
/** Half-written files, and the mark of a begun move. */
const LEFTOVER = /^\.(?:demand|[0-9a-f]{12}\.[0-9a-z]+)\.partial$/;
const MARK_DIGITS = 12;

/** The reason in the error of a transfer. */
export const RESERVED = "has a name of the service's own files";

/** @param name one name of a key */
export function isReservedName(name: string): boolean {
  return name.startsWith('.') && (OWN_FOLDERS.has(name) || LEFTOVER.test(name));
}

/** Returns whether the key, without its folders, is the name of a half-written file or of a mark. */
export function isLeftover(key: string): boolean {
  return key.endsWith('.partial') && LEFTOVER.test(key.slice(key.lastIndexOf('/') + 1));
}

/** Returns the name of the mark of a begun move, in the source folder. Each destination has its own. */
export function moveMarkName(destination: Location): string {
  return `.${digitsOf(formatLocation(destination))}.moved.partial`;
}

/** Returns whether a key of the source is the mark of a begun move, or a half-written one. */
export function isMoveMark(key: string, destination: Location): boolean {
  if (!key.endsWith('.partial')) return false;
  const mark = moveMarkName(destination);
  return key === mark || (key.startsWith(`.${digitsOf(mark)}.`) && LEFTOVER.test(key));
}

function digitsOf(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, MARK_DIGITS);
}
