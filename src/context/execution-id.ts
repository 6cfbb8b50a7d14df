/**
 * The rule for execution ids. An id is the name of the working directory, and the whole directory is removed at the end.
 * So an id names a new directory in every file system: never a volume, never a file of the service, never a folder above.
 */
import { FILE_NAME_BYTES } from '../aws-limits';
import type { ChosenCandidate, ChosenCandidates } from '../efs/configuration';
import { VOLUME_ROLES } from '../efs/model';
import type { Problem } from '../errors';
import { isReservedName } from '../transfer/reserved';
import { isWithin, joinPath } from './paths';

const AT = '/execution_id';
const PLAIN_NAME = 'Use a plain name such as a UUID: it becomes the name of the working directory';

/** Control characters, invisible format characters, and halves of characters, which a file name cannot hold. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
/** Characters that Unicode does not show. A file system that normalises names may drop them. */
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Names of the service's own files, of NFS clients (a removed file that is open), and of snapshots. */
const OWN_NAME = /^\.(?:demand|nfs|snapshot)/;
/** Endings of temporary names beside a working directory, and of directories that a local run sets aside. */
const TEMPORARY_NAME = /\.(?:partial|removing|attempt-\d+)$/;

/** Returns the problems of an id. */
export function executionIdProblems(executionId: string, chosen: ChosenCandidates): Problem[] {
  const message = explainId(executionId);
  if (message !== undefined) return [{ pointer: AT, message, remedy: PLAIN_NAME }];
  const workingDirectory = joinPath(chosen.scratch.containerPath, executionId);
  return [chosen.shared, chosen.tmp].flatMap((volume) =>
    volume !== undefined && isWithin(volume.containerPath, workingDirectory)
      ? [volumeInside(workingDirectory, volume)]
      : [],
  );
}

/**
 * Returns the problem of an id that is the name of a folder on the path of a stage's access point. An id with another
 * problem has only that.
 *
 * @param directories the root directories of the access points
 */
export function directoryNameProblems(executionId: string, directories: readonly string[]): Problem[] {
  const name = folded(executionId);
  const directory = directories.find((path) => path.split('/').some((part) => folded(part) === name));
  if (directory === undefined || explainId(executionId) !== undefined) return [];
  const message = `${JSON.stringify(executionId)} is the name of a folder of the stage's access points (${directory})`;
  return [{ pointer: AT, message, remedy: PLAIN_NAME }];
}

function explainId(executionId: string): string | undefined {
  const shown = JSON.stringify(executionId);
  if (executionId.includes('/') || executionId.includes('\0'))
    return `${shown} contains a "/" or a NUL character and would leave the working directory`;
  if (UNPRINTABLE.test(executionId))
    return `${escaped(executionId)} contains a character that is not printable`;
  const name = folded(executionId);
  if (['', '.', '..'].includes(name)) return `${shown} does not name a directory of its own`;
  if (name === 'tmp') return `${shown} is the folder of the temporary files of all jobs`;
  if (VOLUME_ROLES.some((role) => role === name)) return `${shown} is the name of a volume`;
  if (OWN_NAME.test(name) || isReservedName(name))
    return `${shown} is a name of the service's own files, or of the file system's`;
  if (TEMPORARY_NAME.test(name)) return `${shown} has the ending of a temporary name of the service`;
  if (Buffer.byteLength(executionId) > FILE_NAME_BYTES)
    return `the id is longer than the ${FILE_NAME_BYTES} bytes of a file name`;
  return undefined;
}

/** Returns the name that a file system may see which ignores case and normalises names, such as that of macOS. */
function folded(name: string): string {
  return name.normalize('NFKC').replace(IGNORABLE, '').toLowerCase();
}

function escaped(text: string): string {
  const characters = Array.from(text, (each) =>
    UNPRINTABLE.test(each) ? `\\u{${each.codePointAt(0)?.toString(16)}}` : each,
  );
  return `"${characters.join('')}"`;
}

function volumeInside(workingDirectory: string, { role, containerPath }: ChosenCandidate): Problem {
  return {
    pointer: AT,
    message: `the working directory "${workingDirectory}" would contain the volume ${role} (${containerPath})`,
    remedy: `Give another id, or give ${role} a container_path outside of the container_path of scratch`,
  };
}
