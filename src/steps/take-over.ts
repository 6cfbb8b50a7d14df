/** Takes the kept directory of an ended execution over, so that a resumption may store its outputs. */
import { DemandValidationError } from '../errors';
import { type FoundKept, hashOfTransfers, type KeptDirectories } from '../paths/kept';
import { type Location, relativeTo, withoutFinalSlashes } from '../transfer/location';
import { type MountPoint, tryFindMount } from '../transfer/mounts';
import { readDataSyncRequest } from '../transfer/request';
import { localLocation } from '../transfer/schemes/file-systems';

export interface TakeOverWorld {
  readonly kept: Pick<KeptDirectories, 'list' | 'note'>;
  readonly directories: KeptOwners;
  readonly settings: { readonly mounts: readonly MountPoint[] };
}

/** Changes the owners of working directories. */
interface KeptOwners {
  /** Returns the owner of a directory; undefined for a missing directory. */
  inspect(path: string): Promise<{ readonly owner?: string } | undefined>;
  /** Makes the execution the owner of an existing directory. */
  giveTo(path: string, owner: string): Promise<void>;
}

export interface Resumption {
  /** The resuming execution. */
  readonly execution: string;
  /** The ended execution, which has kept the directory. */
  readonly resumes: string;
  /** The path of the directory in this process. */
  readonly directory: string;
}

/**
 * Finds the record of the directory, and checks that this demand may store it. Nothing is changed.
 *
 * @param outputs the output transfers of the demand
 * @throws DemandValidationError when the execution has not kept this directory, when another execution owns it, when its job
 * did not write an output, and when the demand has other output transfers
 */
export async function findKept(
  { execution, resumes, directory }: Resumption,
  outputs: readonly object[],
  { kept, directories }: TakeOverWorld,
): Promise<FoundKept> {
  const found = (await kept.list()).find(({ mount, kept: { path } }) => `${mount.path}${path}` === directory);
  // A call that was cut off may have begun the take-over.
  const isOurs = found?.kept.execution === execution && found.kept.previous === resumes;
  if (found === undefined || (found.kept.execution !== resumes && !isOurs))
    throw refusal(`${resumes} has kept no directory ${directory}`, 'See `demand list --kept`');
  const there = await directories.inspect(directory);
  if (there === undefined)
    throw refusal(`${directory} is not there, as a sweep has moved it aside`, 'Resume again after the sweep');
  const { owner } = there;
  if (![undefined, resumes, found.kept.previous, execution].includes(owner))
    throw refusal(`${directory} belongs to ${owner}`, 'Copy its files by hand');
  if (found.kept.hasMissingOutput)
    throw refusal(
      `the job of ${resumes} did not write an output`,
      `Copy the files out of ${directory} by hand, then run the demand again`,
    );
  if (found.kept.transfers !== hashOfTransfers(outputs.map((output) => readDataSyncRequest(output))))
    throw refusal(
      `the outputs of this demand are not those of ${resumes}`,
      'Resume with the same demand, or copy the files by hand',
    );
  return found;
}

/** Makes the resuming execution the owner of the directory. The record comes first: it names both owners. */
export async function takeOver(
  { execution, resumes, directory }: Resumption,
  { kept: { path: _, ...record } }: FoundKept,
  { kept, directories }: TakeOverWorld,
): Promise<void> {
  await kept.note({ ...record, execution, previous: resumes, directory });
  await directories.giveTo(directory, execution);
}

/** Returns the transfer for a resumption. An output that had no files at the end of the job's execution may be stored. */
export function resumedTransfer<T extends object>(
  request: T,
  { directory }: Resumption,
  { kept }: FoundKept,
  { settings: { mounts } }: TakeOverWorld,
): T | (T & { readonly may_be_moved: true }) {
  const { sourcePath } = readDataSyncRequest(request);
  const below = pathBelow(directory, sourcePath, mounts);
  const hadFiles = kept.outputs.some((output) => withoutFinalSlashes(output) === below);
  return hadFiles ? request : { ...request, may_be_moved: true };
}

function pathBelow(directory: string, source: Location, mounts: readonly MountPoint[]): string | undefined {
  const mounted = tryFindMount(source, mounts)?.location;
  const below = mounted && relativeTo(localLocation(directory), mounted);
  return below === undefined ? undefined : withoutFinalSlashes(below);
}

function refusal(message: string, remedy: string): DemandValidationError {
  return new DemandValidationError([{ pointer: '/resumes', message, remedy }]);
}
