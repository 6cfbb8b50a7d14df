/**
 * Kept directories: working directories of failed or stopped executions, with outputs that are not stored yet.
 *
 * Each one has a record on its file system. `demand list --kept` shows the records, and `demand resume` stores the outputs
 * and removes the directory: a new execution takes the directory over. The sweeper removes directories by the age of their
 * records.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { textOf } from '../transfer/location';
import type { MountPoint } from '../transfer/mounts';
import type { DataSyncRequest } from '../transfer/request';
import { canonicalJson } from '../wire/canonical';
import { flag, integer, listOf, model, optional, requiredText, text } from '../wire/schema';

/** The record of a kept directory, as it stands on the file system. */
export const keptDirectorySchema = model({
  /** ARN of the execution that owns the directory. */
  execution: requiredText(),
  /** The execution from which that execution has taken the directory over, to store the outputs. */
  previous: optional(text()),
  /** The directory below the root of its mount, such as `/scratch/my-demand`: machines mount at different paths. */
  path: requiredText(),
  /** Milliseconds since 1970: the first time that the execution ended and kept the directory. */
  since: integer(),
  /** The reason, as a clause without a full stop. */
  reason: text(),
  /** Paths below the directory that have files of outputs; an output that is missing has none. */
  outputs: listOf(text()),
  /** True when the job did not write an output. A resumption cannot store it. */
  hasMissingOutput: v.optional(flag(), false),
  /** {@link hashOfTransfers} of the demand's outputs: only a demand with the same transfers may store them. */
  transfers: optional(text()),
});

export type KeptDirectory = v.InferOutput<typeof keptDirectorySchema>;

/** A record, and the mount of its file system in this process. `mount.path + kept.path` is the directory. */
export interface FoundKept {
  readonly mount: MountPoint;
  readonly kept: KeptDirectory;
}

/** A record to write. Its `path` follows from the directory. */
export interface DirectoryToKeep
  extends Omit<KeptDirectory, 'path' | 'hasMissingOutput'>,
    Partial<Pick<KeptDirectory, 'hasMissingOutput'>> {
  /** The path of the directory on this machine. */
  readonly directory: string;
}

/** The records of kept directories on the mounted file systems. */
export interface KeptDirectories {
  /**
   * Writes the record. A second record of the same execution and directory keeps the time of the first.
   *
   * @throws FileSystemNotMounted
   */
  note(directory: DirectoryToKeep): Promise<void>;
  /**
   * Returns all records, the oldest first. A record whose directory is gone is not returned, and removed. The directory is
   * not gone while a sweep has moved it aside. A record whose directory belongs to a later execution is not returned.
   *
   * @param mode.isDryRun true: no record is removed
   */
  list(mode?: { readonly isDryRun: boolean }): Promise<readonly FoundKept[]>;
  /**
   * Removes the record of a directory. A missing record is no error.
   *
   * @param directory the path of the directory on this machine; it may be gone
   */
  drop(directory: string): Promise<void>;
}

/** Returns a hash of the sources, destinations and filters of output transfers, in any order. */
export function hashOfTransfers(outputs: readonly DataSyncRequest[]): string {
  const written = outputs
    .map(({ sourcePath, destinationPath, filterConfig = {} }) =>
      canonicalJson([textOf(sourcePath), textOf(destinationPath), filterConfig]),
    )
    .sort();
  return createHash('sha256').update(written.join('\n')).digest('hex');
}
