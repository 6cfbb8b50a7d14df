import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import * as v from 'valibot';
import type { HISTORY_EVENTS } from '../aws-limits';
import { DataSyncTaskFailed, DemandValidationError } from '../errors';
import type { RuleSettings } from '../rules/model';
import { readTransfer } from '../rules/transfers';
import { isBySize } from '../transfer/copy/decide';
import { isStagedForOthers } from '../transfer/copy/staging';
import { toTaskEnd } from '../transfer/datasync/ends';
import { manifestOf, NotForDataSync } from '../transfer/datasync/manifest';
import type { DataSyncTask, DataSyncTasks, StartedTask, TaskExecution } from '../transfer/datasync/model';
import { type DataSyncSettings, NOT_CONFIGURED } from '../transfer/datasync/settings';
import { joinLocation, type Location, parseLocation } from '../transfer/location';
import { chooseEngine, type EngineSettings, isConfigured, MAX_ENTRIES } from '../transfer/plan/engine';
import { type DataSyncRequest, readDataSyncRequest, writeDataSyncRequest } from '../transfer/request';
import type { SourceWorld } from '../transfer/source';
import { integer, model, optional, readModel, requiredText } from '../wire/schema';

/** Seconds before the first poll of a task. */
export const FIRST_WAIT = 15;
/**
 * Factor from one wait to the next. Each wait is a sixth of the time so far, so a machine waits little longer than its
 * task runs.
 */
export const GROWTH = 1.2;
/**
 * The longest wait, in seconds. An execution of 14 days then has 2,030 polls with 9 events each (2 of Wait, 5 of the
 * task, 2 of Choice). These are 18,270 of {@link HISTORY_EVENTS}.
 */
export const LAST_WAIT = 600;

export interface DataSyncTaskSettings extends EngineSettings, RuleSettings {
  /** The s3:// folder of manifests. */
  readonly manifestFolder: string;
}

export interface DataSyncTaskWorld extends SourceWorld {
  readonly openTasks: (settings: DataSyncSettings) => DataSyncTasks;
  readonly settings: DataSyncTaskSettings;
  /** Writes a text to S3, completely or not at all. */
  readonly writeText: (location: Location, content: AsyncIterable<string>) => Promise<void>;
}

const waitSeconds = v.optional(integer(), 0);
const transfer = model({
  dataSyncRequest: v.unknown(),
  /** The execution of the state machine. The same request in another execution is another transfer. */
  execution: requiredText(),
  /** Seconds of the last answer; 0 in the first call. */
  waitSeconds,
});
const eventSchema = model({
  start: optional(transfer),
  poll: optional(model({ taskExecutionArn: requiredText(), waitSeconds })),
  cleanUp: optional(transfer),
});

type TransferEvent = v.InferOutput<typeof transfer>;

/** The world of a stage with AWS DataSync. */
interface ConfiguredWorld extends DataSyncTaskWorld {
  readonly settings: DataSyncTaskSettings & { readonly dataSync: DataSyncSettings };
  readonly tasks: DataSyncTasks;
}

/**
 * Transfers data with AWS DataSync. The data-sync state machine sends three kinds of events, and may repeat each of
 * them.
 *
 * - `{start: {data_sync_request, execution, wait_seconds?}}` makes the manifest, the task and its execution, or finds
 *   those of an earlier call. The answer is `{status, wait_seconds, task_execution_arn, results}`. The status is
 *   RUNNING; STARTING (call again after `wait_seconds`); DONE (there is nothing to transfer); or NOT_POSSIBLE (DataSync
 *   would copy a file of the listing differently, nothing was made, and the engine `lambda` must copy).
 * - `{poll: {task_execution_arn, wait_seconds?}}` returns `{status: RUNNING | DONE, wait_seconds, task_execution_arn,
 *   results}`. The results are the counts `[{bytes_transferred, files_transferred}]`.
 * - `{clean_up: {data_sync_request, execution, wait_seconds?}}` stops the execution. It removes the manifest, the task,
 *   and the locations that no other task needs. It returns `{status: DONE | INCOMPLETE, wait_seconds}`.
 *
 * @throws DemandValidationError when `engine` is `datasync` and DataSync is not possible
 * @throws DataSyncTaskFailed with the code and the message of DataSync
 * @throws DataSourceMissing, FilterMatchesNothing, UnsafePath before anything is made
 */
export async function dataSyncTask(event: unknown, given: DataSyncTaskWorld) {
  const { start, poll, cleanUp } = readModel(eventSchema, event);
  const world = requireDataSync(given);
  if (start !== undefined) return startTask(start, world);
  if (poll !== undefined) return pollTask(poll.taskExecutionArn, poll.waitSeconds, world);
  if (cleanUp !== undefined) return cleanUpTask(cleanUp, world);
  throw new DemandValidationError([
    { pointer: '', message: 'the event has no operation', remedy: 'Give "start", "poll" or "clean_up"' },
  ]);
}

function requireDataSync(world: DataSyncTaskWorld): ConfiguredWorld {
  const { dataSync = NOT_CONFIGURED } = world.settings;
  if (!isConfigured(dataSync)) throw refusal(dataSync.because, dataSync.remedy);
  return { ...world, settings: { ...world.settings, dataSync }, tasks: world.openTasks(dataSync) };
}

async function startTask(event: TransferEvent, world: ConfiguredWorld) {
  const request = readTransfer(event.dataSyncRequest, world.settings.rules, ['start', 'data_sync_request']);
  const task = taskOf(request, event.execution, world);
  const found = await world.tasks.resume(task.name);
  if (found !== undefined) return answerStart(found, event);
  try {
    // DataSync accepts no empty list.
    if (!(await writeManifest(request, task, world))) return answer('DONE', 0, '');
  } catch (error) {
    if (!(error instanceof NotForDataSync)) throw error;
    if (request.engine === 'datasync') throw refusal(error.message);
    return { ...answer('NOT_POSSIBLE', 0, ''), because: error.message };
  }
  await makeFolder(request, task, world);
  return answerStart(await world.tasks.start(task), event);
}

/** Makes the destination folder, because DataSync mounts it and does not make it. A store makes a folder for a file. */
async function makeFolder(
  request: DataSyncRequest,
  { name, destination }: DataSyncTask,
  world: ConfiguredWorld,
) {
  if (destination.kind === 's3') return;
  const leftover = `.${name.slice(-12)}.datasync.partial`;
  const location = joinLocation(request.destinationPath, leftover);
  const store = world.stores.open(location);
  await store.write(location, Readable.from([]), 0, world.signal);
  await store.remove(location);
}

function answerStart(started: StartedTask, { waitSeconds: waited, execution }: TransferEvent) {
  if (started.status === 'RUNNING') return answer('RUNNING', FIRST_WAIT, started.executionArn);
  if (waited >= LAST_WAIT)
    throw new DataSyncTaskFailed(
      `AWS DataSync has prepared the task of ${execution} for an hour and is not ready. Check its locations`,
    );
  return answer('STARTING', nextWait(waited), '');
}

async function pollTask(executionArn: string, waited: number, { tasks }: ConfiguredWorld) {
  const execution = await tasks.describe(executionArn);
  refuseFailure(execution, executionArn);
  const results = [{ bytes_transferred: execution.bytes, files_transferred: execution.transferred }];
  if (execution.status === 'RUNNING')
    return { ...answer('RUNNING', nextWait(waited), executionArn), results };
  return { ...answer('DONE', 0, executionArn), results };
}

async function cleanUpTask(event: TransferEvent, world: ConfiguredWorld) {
  const request = readDataSyncRequest(event.dataSyncRequest, ['clean_up', 'data_sync_request']);
  const task = taskOf(request, event.execution, world);
  if (!(await world.tasks.remove(task))) {
    if (event.waitSeconds >= LAST_WAIT)
      throw new DataSyncTaskFailed(
        `AWS DataSync has not stopped the task ${task.name} within an hour. Delete the task after it has stopped`,
      );
    return { status: 'INCOMPLETE', wait_seconds: nextWait(event.waitSeconds) };
  }
  const { manifest } = task;
  await world.stores.open(manifest).remove(manifest);
  return { status: 'DONE', wait_seconds: 0 };
}

/**
 * Writes the manifest, unless an earlier call has written it. A manifest in S3 is always complete.
 *
 * @returns whether the manifest names a file
 */
async function writeManifest(
  request: DataSyncRequest,
  task: DataSyncTask,
  world: ConfiguredWorld,
): Promise<boolean> {
  const { manifest } = task;
  const written = await world.stores.open(manifest).stat(manifest);
  if (written !== undefined) return written.size > 0;
  let hasLines = false;
  async function* lines() {
    for await (const text of manifestOf(request, { ...task, maxEntries: MAX_ENTRIES }, world)) {
      hasLines = true;
      yield text;
    }
  }
  await world.writeText(manifest, lines());
  return hasLines;
}

/** Returns the task of a request. The request and the execution alone determine it, so a repeated call finds it. */
function taskOf(request: DataSyncRequest, execution: string, world: ConfiguredWorld): DataSyncTask {
  const { settings } = world;
  const { dataSync, mounts, manifestFolder } = settings;
  // Checks the obstacles that do not depend on counts. These counts are no obstacle themselves.
  chooseEngine({ ...request, engine: 'datasync' }, { files: 2, bytes: 0 }, settings);
  const [source, destination] = [request.sourcePath, request.destinationPath].map((location) =>
    toTaskEnd(location, mounts),
  );
  if (source === undefined || destination === undefined)
    throw new TypeError('the engine was chosen for a location that is no end of a task');
  const hash = createHash('sha256')
    .update(JSON.stringify([writeDataSyncRequest(request), execution]))
    .digest('hex');
  return {
    name: `${dataSync.envBase}-${hash}`,
    source,
    destination,
    manifest: parseLocation(`${manifestFolder}/${hash}.csv`),
    // With `size_only` the manifest has only files that differ. Equal times are too little before a removal of the
    // source, and for a copy that other executions read: a writer can set them.
    transferAll:
      request.force || isBySize(request) || !request.retainSourceData || isStagedForOthers(request),
  };
}

function refuseFailure({ status, failed, error }: TaskExecution, executionArn: string): void {
  if (status === 'RUNNING' || (status === 'SUCCESS' && failed === 0)) return;
  const reason = error === undefined ? 'it gave no code' : `${error.code}: ${error.detail}`;
  const count = failed === 0 ? '' : `; ${failed} file(s) failed`;
  throw new DataSyncTaskFailed(
    `The AWS DataSync task execution ${executionArn} ended with ${status}: ${reason}${count}. ` +
      'The copied files stay. Correct the cause and start the transfer again, or give "engine": "lambda"',
  );
}

function refusal(because: string, remedy = 'Remove "engine", or give "lambda"'): DemandValidationError {
  return new DemandValidationError([
    {
      pointer: '/engine',
      message: `"datasync" is not possible: ${because}`,
      remedy,
    },
  ]);
}

function answer(
  status: 'RUNNING' | 'STARTING' | 'NOT_POSSIBLE' | 'DONE',
  wait: number,
  executionArn: string,
) {
  const results = [{ bytes_transferred: 0, files_transferred: 0 }];
  return { status, wait_seconds: wait, task_execution_arn: executionArn, results };
}

function nextWait(waited: number): number {
  return Math.min(LAST_WAIT, Math.max(FIRST_WAIT, Math.ceil(waited * GROWTH)));
}
