/**
 * All errors that this service throws on purpose.
 *
 * The `name` of an error is part of the interface: state machines match it (`ErrorEquals`). It is a literal, because a
 * minifier may shorten the name of a class.
 */
import { visible } from './visible';

const MESSAGE_CHARACTERS = 30_000;
/** Characters of a line about one problem. A pointer, a value or a name may have a hundred thousand. */
const LINE_CHARACTERS = 4_000;

/** One mistake in a request. */
export interface Problem {
  /** RFC 6901 pointer into the given request, in snake_case; `''` is the request itself. */
  readonly pointer: string;
  /** The mistake, without a full stop at the end. */
  readonly message: string;
  /** The correction, as an imperative sentence without a full stop at the end. */
  readonly remedy: string;
}

/** The parent of all our errors. Any other error is a defect or a failure of AWS. */
export abstract class DemandError extends Error {
  abstract override readonly name: string;
}

/** The request is refused. `problems` lists all mistakes of the request. */
export class DemandValidationError extends DemandError {
  override readonly name = 'DemandValidationError';

  constructor(readonly problems: readonly Problem[]) {
    super(describeProblems(problems));
  }
}

/** No file system of this environment has the id or name. */
export class FileSystemNotFound extends DemandError {
  override readonly name = 'FileSystemNotFound';
}

/** Several file systems of this environment have the name. */
export class FileSystemAmbiguous extends DemandError {
  override readonly name = 'FileSystemAmbiguous';
}

/** No access point of this environment has the id or name. */
export class AccessPointNotFound extends DemandError {
  override readonly name = 'AccessPointNotFound';
}

/** Several access points of this environment have the name. */
export class AccessPointAmbiguous extends DemandError {
  override readonly name = 'AccessPointAmbiguous';
}

/** The image is neither a full reference nor an ECR repository of this account. */
export class ImageNotFound extends DemandError {
  override readonly name = 'ImageNotFound';
}

/** The Batch job queue does not exist or is disabled. */
export class JobQueueNotFound extends DemandError {
  override readonly name = 'JobQueueNotFound';
}

/** Another execution with this id uses the working directory. */
export class WorkingDirectoryInUse extends DemandError {
  override readonly name = 'WorkingDirectoryInUse';
}

/** The process does not mount the file system of a path. */
export class FileSystemNotMounted extends DemandError {
  override readonly name = 'FileSystemNotMounted';

  /** @param fileSystemId the file system of the path; undefined for a plain path without an id */
  constructor(
    message: string,
    readonly fileSystemId?: string,
  ) {
    super(message);
  }
}

/** A mount shows another file system than the configured one. */
export class FileSystemMismatch extends DemandError {
  override readonly name = 'FileSystemMismatch';
}

/** A mount has not answered for minutes. The state machines repeat the call. */
export class FileSystemStalled extends DemandError {
  override readonly name = 'FileSystemStalled';
}

/** The source of a transfer is empty or absent (`fail_if_missing`), or a document does not exist. */
export class DataSourceMissing extends DemandError {
  override readonly name = 'DataSourceMissing';
}

/** The source of a transfer has files, and the filters match none of them. */
export class FilterMatchesNothing extends DemandError {
  override readonly name = 'FilterMatchesNothing';
}

/** The key or path cannot be stored at the destination, or would leave it. */
export class UnsafePath extends DemandError {
  override readonly name = 'UnsafePath';
}

/**
 * The received file is not the listed file: the source changed, or the transfer was interrupted. The file at the
 * destination is not replaced.
 */
export class TransferMismatch extends DemandError {
  override readonly name = 'TransferMismatch';
}

/** AWS DataSync could not create, run or end a task. */
export class DataSyncTaskFailed extends DemandError {
  override readonly name = 'DataSyncTaskFailed';
}

/** At least one transfer of a batch failed. */
export class BatchDataSyncFailed extends DemandError {
  override readonly name = 'BatchDataSyncFailed';
}

/** A path, or an entry of a folder, could not be removed. All other entries are removed. */
export class RemovalFailed extends DemandError {
  override readonly name = 'RemovalFailed';
}

/** The job, the DataSync task or a function of an ended execution may still run. */
export class JobStillRunning extends DemandError {
  override readonly name = 'JobStillRunning';
}

/** A path to remove is an input of a running execution. */
export class DataPathInUse extends DemandError {
  override readonly name = 'DataPathInUse';
}

/** Another writer had the destination for the whole waiting time. */
export class LeaseNotAcquired extends DemandError {
  override readonly name = 'LeaseNotAcquired';
}

/** Another writer took the destination over, or the lease could not be renewed for too long. The writer stops. */
export class LeaseLost extends DemandError {
  override readonly name = 'LeaseLost';
}

/** The document is not JSON, is too large for an answer, or has numbers that would lose digits. */
export class UnusableDocument extends DemandError {
  override readonly name = 'UnusableDocument';
}

/** Somebody stopped the demand. */
export class DemandCancelled extends DemandError {
  override readonly name = 'DemandCancelled';
}

/** Another demand has the same execution id. */
export class ExecutionAlreadyExists extends DemandError {
  override readonly name = 'ExecutionAlreadyExists';
}

/** Returns the problem as one line: `pointer: message. remedy`, with hidden characters of the request made visible. */
export function describeProblem({ pointer, message, remedy }: Problem): string {
  return visible(`${pointer === '' ? '(request)' : pointer}: ${message}. ${remedy}`);
}

/**
 * Returns the problems as lines of {@link describeProblem}. The last line counts the problems that have no place.
 *
 * @param most characters, default 30,000: a cause in Step Functions has at most 32,768
 */
export function describeProblems(problems: readonly Problem[], most = MESSAGE_CHARACTERS): string {
  const lines: string[] = [];
  let left = most;
  for (const problem of problems) {
    const line = shortenedTo(LINE_CHARACTERS, describeProblem(problem));
    left -= line.length + 1;
    if (left < 0) break;
    lines.push(line);
  }
  const untold = problems.length - lines.length;
  return [...lines, ...(untold === 0 ? [] : [`and ${untold} more`])].join('\n');
}

function shortenedTo(most: number, text: string): string {
  return text.length > most ? `${text.slice(0, most - 3)}...` : text;
}

/** @throws DemandValidationError when the list has a problem */
export function refuseIfAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new DemandValidationError(problems);
}

/** Returns the name and the message of a thrown value. A value that is no error has the name `Error`. */
export function describeError(error: unknown): { name: string; message: string } {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) };
}
