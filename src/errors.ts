/**
 * Every error this service throws on purpose.
 *
 * A `name` is part of the interface: state machines match on it (`ErrorEquals`), so it is a literal,
 * never the class's own name, which a minifier may shorten.
 */

/** One thing that is wrong with a request: where (a JSON pointer into it), what, and how to mend it. */
export interface Problem {
  /** RFC 6901 pointer into the request as it was given, in snake_case; `''` is the request itself. */
  readonly pointer: string;
  readonly message: string;
  readonly remedy: string;
}

/** Parent of all our errors: catch this to tell a refusal of ours from a defect. */
export abstract class DemandError extends Error {
  abstract override readonly name: string;
}

/** A request was refused; `problems` names every mistake in it, not only the first. */
export class DemandValidationError extends DemandError {
  override readonly name = 'DemandValidationError';

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(describeProblem).join('\n'));
  }
}

/** No file system carries the id, name or tags that were asked for. */
export class FileSystemNotFound extends DemandError {
  override readonly name = 'FileSystemNotFound';
}

/** More than one file system matches a name: give its id. */
export class FileSystemAmbiguous extends DemandError {
  override readonly name = 'FileSystemAmbiguous';
}

/** No access point carries the id, name or tags that were asked for. */
export class AccessPointNotFound extends DemandError {
  override readonly name = 'AccessPointNotFound';
}

/** More than one access point matches a name: give its id, or narrow it by a file system. */
export class AccessPointAmbiguous extends DemandError {
  override readonly name = 'AccessPointAmbiguous';
}

/** An image is neither a full reference nor an ECR repository of this account. */
export class ImageNotFound extends DemandError {
  override readonly name = 'ImageNotFound';
}

/** There is no such Batch job queue, or it takes no jobs. */
export class JobQueueNotFound extends DemandError {
  override readonly name = 'JobQueueNotFound';
}

/** Another execution with this id has its working directory there. */
export class WorkingDirectoryInUse extends DemandError {
  override readonly name = 'WorkingDirectoryInUse';
}

/** A path of a file system that is not mounted where the code runs. */
export class FileSystemNotMounted extends DemandError {
  override readonly name = 'FileSystemNotMounted';

  /** @param fileSystemId of the path, where it says so itself */
  constructor(
    message: string,
    readonly fileSystemId?: string,
  ) {
    super(message);
  }
}

/** Nothing is at the source of a transfer (`fail_if_missing`). */
export class DataSourceMissing extends DemandError {
  override readonly name = 'DataSourceMissing';
}

/** The filters of a transfer match nothing of a source that is not empty. */
export class FilterMatchesNothing extends DemandError {
  override readonly name = 'FilterMatchesNothing';
}

/** A key or path that cannot be stored at the destination, or would leave it. */
export class UnsafePath extends DemandError {
  override readonly name = 'UnsafePath';
}

/** What arrived is not what was listed: the source changed, or the transfer was cut short. Nothing was replaced. */
export class TransferMismatch extends DemandError {
  override readonly name = 'TransferMismatch';
}

/** AWS DataSync could not make, run or end a task of ours. */
export class DataSyncTaskFailed extends DemandError {
  override readonly name = 'DataSyncTaskFailed';
}

/** One transfer or more of a batch failed. */
export class BatchDataSyncFailed extends DemandError {
  override readonly name = 'BatchDataSyncFailed';
}

/** A path or entry could not be removed; the others were. */
export class RemovalFailed extends DemandError {
  override readonly name = 'RemovalFailed';
}

/** The job of an execution that has ended was told to stop and goes on, or a function may that nothing stops. */
export class JobStillRunning extends DemandError {
  override readonly name = 'JobStillRunning';
}

/** A path that is to be removed is an input of an execution that is still running. */
export class DataPathInUse extends DemandError {
  override readonly name = 'DataPathInUse';
}

/** Another writer had the destination for as long as there was time to wait. */
export class LeaseNotAcquired extends DemandError {
  override readonly name = 'LeaseNotAcquired';
}

/** A writer lost its destination to another one, or was cut off from it for too long; it writes no more. */
export class LeaseLost extends DemandError {
  override readonly name = 'LeaseLost';
}

/** What is at a path is no JSON document, or none that fits into an answer. */
export class UnusableDocument extends DemandError {
  override readonly name = 'UnusableDocument';
}

/** Somebody asked for the demand to stop. */
export class DemandCancelled extends DemandError {
  override readonly name = 'DemandCancelled';
}

/** The same execution id is taken by a demand that is not this one. */
export class ExecutionAlreadyExists extends DemandError {
  override readonly name = 'ExecutionAlreadyExists';
}

/** `pointer: message. remedy` on one line, as people and logs read it. */
export function describeProblem({ pointer, message, remedy }: Problem): string {
  return `${pointer === '' ? '(request)' : pointer}: ${message}. ${remedy}`;
}

/** Refuses a request if there is anything to refuse it for. */
export function refuseIfAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new DemandValidationError(problems);
}

/** Reads a name and a message off whatever was thrown. */
export function describeError(error: unknown): { name: string; message: string } {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) };
}
