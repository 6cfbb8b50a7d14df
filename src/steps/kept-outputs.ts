/** Decides which directories of an ended execution stay, because they have outputs that are not stored. */
import * as v from 'valibot';
import type { Clock } from '../clock';
import { UnsafePath } from '../errors';
import { type DirectoryToKeep, hashOfTransfers, type KeptDirectories } from '../paths/kept';
import { asFolder, contains, type Location, relativeTo } from '../transfer/location';
import { type MountPoint, tryFindMount } from '../transfer/mounts';
import { type DataSyncRequest, readDataSyncRequest } from '../transfer/request';
import { listSourcePages, type SourceWorld } from '../transfer/source';
import { pagesOf, type StoredFile, type Stores } from '../transfer/store';
import { isJsonObject } from '../wire/json';
import { listOf, readModel } from '../wire/schema';

/** Errors of an output that the job has not written: a missing path, and files with names that no filter accepts. */
const NOT_WRITTEN: ReadonlySet<string | undefined> = new Set(['DataSourceMissing', 'FilterMatchesNothing']);

export interface KeptOutputsWorld {
  /** The stores of the mounted file systems. */
  readonly stores: Stores;
  readonly kept: KeptDirectories;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal: AbortSignal;
  readonly settings: { readonly mounts: readonly MountPoint[] };
}

export interface EndedStoring {
  /** ARN of the execution. */
  readonly execution: string;
  readonly outputs: readonly DataSyncRequest[];
  /** The name of the error, if an error ended the state. */
  readonly error?: string | undefined;
}

/**
 * Splits the paths of a removal. A path stays if it has files of an output, because an output leaves its path when it is
 * stored. If the job did not write an output, a path stays also for any other file in it that is no input: the output may
 * have another name. Each directory that stays gets a record.
 *
 * @param paths the paths on this file system: the inputs, and the working directory
 * @returns the paths to remove
 */
export async function keepUnstored(
  paths: readonly Location[],
  storing: EndedStoring,
  world: KeptOutputsWorld,
): Promise<readonly Location[]> {
  const kept: Location[] = [];
  for (const path of outermost(paths)) {
    const found = tryFindMount(path, world.settings.mounts);
    if (found === undefined) continue;
    const outputs = await unstoredIn(path, storing.outputs, world);
    const isMisnamed = NOT_WRITTEN.has(storing.error) && (await hasOtherFiles(path, paths, world));
    if (outputs.length === 0 && !isMisnamed) continue;
    await world.kept.note(toKeep(found.location.path, outputs, storing, world));
    kept.push(path);
  }
  return paths.filter((path) => !kept.some((folder) => contains(folder, path)));
}

/**
 * Reads the output transfers of a machine's state: transfers, and groups of transfers in S3.
 *
 * @throws DemandValidationError
 */
export async function readOutputs(
  given: unknown,
  readJson: (uri: string) => Promise<unknown>,
): Promise<readonly DataSyncRequest[]> {
  const items = readModel(listOf(v.unknown()), given, ['outputs']);
  const found: DataSyncRequest[] = [];
  for (const item of items) {
    const group = isJsonObject(item) && typeof item.requests === 'string' ? item.requests : undefined;
    const requests =
      group === undefined ? [item] : readModel(listOf(v.unknown()), await readJson(group), ['outputs']);
    found.push(...requests.map((request) => readDataSyncRequest(request)));
  }
  return found;
}

function outermost(paths: readonly Location[]): readonly Location[] {
  return paths.filter((path) => !paths.some((other) => other !== path && contains(other, path)));
}

async function unstoredIn(
  path: Location,
  outputs: readonly DataSyncRequest[],
  world: KeptOutputsWorld,
): Promise<string[]> {
  const found: string[] = [];
  for (const output of outputs) {
    const below = relativeTo(path, output.sourcePath);
    if (below !== undefined && (await hasFiles(output, world))) found.push(below);
  }
  return found;
}

/**
 * Returns whether the source of an output has files. A stored output has none. A source that must not be read, such as a
 * link to outside, counts as one with files: the job wrote it, and it is not stored.
 */
async function hasFiles(output: DataSyncRequest, world: SourceWorld): Promise<boolean> {
  return isAny(listSourcePages({ ...output, failIfMissing: false }, world), () => true);
}

async function isAny(
  pages: AsyncIterable<readonly StoredFile[]>,
  isWanted: (file: StoredFile) => boolean,
): Promise<boolean> {
  try {
    for await (const page of pages) if (page.some(isWanted)) return true;
    return false;
  } catch (error) {
    if (error instanceof UnsafePath) return true;
    throw error;
  }
}

async function hasOtherFiles(
  folder: Location,
  paths: readonly Location[],
  { stores, signal }: KeptOutputsWorld,
): Promise<boolean> {
  const inputs = paths.flatMap((path) => (path === folder ? [] : (relativeTo(folder, path) ?? [])));
  const isKnown = (key: string) =>
    key.startsWith('.demand.') || inputs.some((input) => key === input || key.startsWith(`${input}/`));
  return isAny(pagesOf(stores.open(folder), asFolder(folder), signal), ({ key }) => !isKnown(key));
}

function toKeep(
  directory: string,
  outputs: readonly string[],
  { execution, outputs: all, error }: EndedStoring,
  { clock }: KeptOutputsWorld,
): DirectoryToKeep {
  const reason = outputs.length > 0 ? 'outputs are not stored' : 'the job did not write an output';
  return {
    execution,
    directory,
    since: clock.now(),
    reason: error === undefined ? reason : `${reason}: ${error}`,
    outputs,
    hasMissingOutput: NOT_WRITTEN.has(error),
    transfers: hashOfTransfers(all),
  };
}
