/** The engine of a transfer by the data-sync state machine: our own functions, or the AWS DataSync service. */
import { DATASYNC_ENTRIES } from '../../aws-limits';
import { type Problem, refuseIfAny } from '../../errors';
import { explainSubdirectory, toTaskEnd } from '../datasync/ends';
import { type DataSyncSettings, NOT_CONFIGURED, type NoDataSync } from '../datasync/settings';
import { type Location, textOf } from '../location';
import type { MountPoint } from '../mounts';
import type { DataSyncRequest, Engine } from '../request';

/**
 * Files and folders of one task. Enhanced mode has no such limit. But after the task one function lists the files to
 * verify and to remove, and its memory has the same limit.
 */
export const MAX_ENTRIES = DATASYNC_ENTRIES;

export interface EngineSettings {
  readonly mounts: readonly MountPoint[];
  /** Default: AWS DataSync is not configured. */
  readonly dataSync?: DataSyncSettings | NoDataSync | undefined;
}

/** The size of a transfer, as the plan counted it. */
export interface Measured {
  readonly bytes: number;
  readonly files: number;
}

/**
 * Chooses the engine for a counted transfer:
 *
 * | request's `engine` | DataSync can | large enough | engine           |
 * | ------------------ | ------------ | ------------ | ---------------- |
 * | `lambda`           | any          | any          | lambda           |
 * | `datasync`         | yes          | any          | datasync         |
 * | `datasync`         | no           | any          | refused, and why |
 * | absent             | yes          | yes          | datasync         |
 * | absent             | any other    |              | lambda           |
 *
 * A transfer without files is always for `lambda`, because there is nothing to copy.
 *
 * @throws DemandValidationError with all obstacles, for a request with `datasync`
 */
export function chooseEngine(request: DataSyncRequest, measured: Measured, settings: EngineSettings): Engine {
  if (request.engine === 'lambda' || measured.files === 0) return 'lambda';
  const obstacles = findObstacles(request, measured, settings);
  if (request.engine === 'datasync') {
    refuseIfAny(obstacles);
    return 'datasync';
  }
  return obstacles.length === 0 && isLarge(measured, settings.dataSync) ? 'datasync' : 'lambda';
}

/**
 * Refuses a request for DataSync that was sent to our own functions.
 *
 * @throws DemandValidationError
 */
export function refuseDataSync({ engine }: DataSyncRequest, at = ''): void {
  if (engine !== 'datasync') return;
  refuseIfAny([
    problem('this function copies by itself', 'Start the data-sync state machine, or leave "engine" out', at),
  ]);
}

export function isConfigured(dataSync: EngineSettings['dataSync']): dataSync is DataSyncSettings {
  return dataSync !== undefined && 'bucketAccessRoleArn' in dataSync;
}

function isLarge({ bytes, files }: Measured, dataSync: EngineSettings['dataSync']): boolean {
  return isConfigured(dataSync) && (bytes >= dataSync.fromBytes || files >= dataSync.fromFiles);
}

function findObstacles(request: DataSyncRequest, { files }: Measured, settings: EngineSettings): Problem[] {
  const { dataSync = NOT_CONFIGURED, mounts } = settings;
  if (!isConfigured(dataSync)) return [problem(dataSync.because, dataSync.remedy)];
  const found = [
    ...explainEnd('source_path', request.sourcePath, dataSync, mounts),
    ...explainEnd('destination_path', request.destinationPath, dataSync, mounts),
  ];
  if (request.requireLock)
    found.push(
      problem(
        'DataSync cannot write under a lease (require_lock)',
        'Give "lambda", or leave require_lock out',
      ),
    );
  // DataSync keeps the names of files, but a single file may get a new name.
  if (files === 1)
    found.push(problem('the source is one file, and DataSync cannot give it a new name', 'Give "lambda"'));
  if (files > MAX_ENTRIES)
    found.push(
      problem(
        `a task may have ${MAX_ENTRIES} files and folders, and the source has ${files} files`,
        'Split the transfer, or give "lambda"',
      ),
    );
  return found;
}

function explainEnd(
  field: string,
  location: Location,
  dataSync: DataSyncSettings,
  mounts: readonly MountPoint[],
): Problem[] {
  const end = toTaskEnd(location, mounts);
  if (end === undefined)
    return [
      problem(
        `${field} "${textOf(location)}" is neither in S3 nor on a mounted file system`,
        'Give "lambda"',
      ),
    ];
  if (end.kind === 'efs' && dataSync.fileSystem === undefined)
    return [
      problem(
        `${field} "${textOf(location)}" is on a file system that AWS DataSync cannot reach from this stage`,
        'Give "lambda", or set DATASYNC_SUBNET_ID and the other variables of the file system',
      ),
    ];
  const reason = explainSubdirectory(end);
  return reason === undefined ? [] : [problem(`${field}: ${reason}`, 'Rename the folder, or give "lambda"')];
}

function problem(because: string, remedy: string, at = ''): Problem {
  return { pointer: `${at}/engine`, message: `"datasync" is not possible: ${because}`, remedy };
}
