import * as v from 'valibot';
import {
  type Route,
  type RoutingSettings,
  routeAfterFailure,
  routeSchema,
  routeToSelf,
  runOrReroute,
  writeRoute,
} from '../efs/function-routing';
import { BatchDataSyncFailed, describeError } from '../errors';
import { abandonAll } from '../transfer/copy/assemble';
import type { Readers } from '../transfer/lease/readers';
import { textOf } from '../transfer/location';
import { refuseDataSync } from '../transfer/plan/engine';
import {
  type BatchDataSyncRequest,
  type DataSyncRequest,
  readBatchDataSyncRequest,
  readDataSyncRequest,
  readDataSyncRequests,
} from '../transfer/request';
import { listSourceWithin, type SourceLimits } from '../transfer/source';
import { syncData } from '../transfer/sync';
import type { SyncOutcome, SyncProgress, SyncWorld, TransferSettings } from '../transfer/transfer';
import { isJsonObject } from '../wire/json';
import { flag, integer, listOf, model, optional, readModel, text, writeModel } from '../wire/schema';
import { type CursorPosition, readCursor, writeCursor } from './cursor';
import { applyOriginalRules, echoRequest } from './original-rules';
import { finishTransfer, resumeTransfer } from './resumable-transfer';

interface DataSyncStepSettings extends TransferSettings, RoutingSettings {
  /** A larger transfer is too large for one call. */
  readonly inlineLimits: SourceLimits;
}

export interface DataSyncWorld extends Omit<SyncWorld, 'report'> {
  /** Reads the JSON document at an s3:// URI. */
  readonly readJson: (uri: string) => Promise<unknown>;
  /** Required for an event with `reader`. */
  readonly readers?: Readers;
  readonly settings: DataSyncStepSettings;
  /** Gets the progress of one transfer. */
  report(request: DataSyncRequest, progress: SyncProgress): void;
}

const count = v.optional(integer(), 0);
const resultSchema = model({ bytesTransferred: count, filesTransferred: count });
type Result = v.InferOutput<typeof resultSchema>;
const NOTHING_TRANSFERRED: Result = { bytesTransferred: 0, filesTransferred: 0 };

/** An event with one of these fields comes from a state machine. */
const MACHINE_FIELDS = ['data_sync_request', 'batch', 'finish_request', 'abandoned_batches'];

const eventSchema = model({
  dataSyncRequest: optional(v.unknown()),
  batch: optional(v.unknown()),
  finishRequest: optional(v.unknown()),
  /** Batches that no call will finish. */
  abandonedBatches: optional(listOf(v.unknown())),
  /** True: the answer to a transfer above the limits is TOO_LARGE, and the caller starts the data-sync machine. */
  inline: v.optional(flag(), false),
  /** The cursor of the last INCOMPLETE answer; `''` in the first call. */
  cursor: v.optional(text(), ''),
  /** The results of earlier calls, or of the batches. */
  soFar: v.optional(listOf(resultSchema), []),
  /**
   * The execution that will read the destination. Outside of the working directory of that execution, the destination
   * cannot be removed until the step remove-data-paths gets the end of the execution.
   */
  reader: optional(text()),
  /** The route of the last answer. */
  route: routeSchema,
});

/**
 * Transfers data. There are two kinds of events:
 *
 * - The contract's event is a flat DataSyncRequest or `{requests}`. One call does the whole transfer.
 * - A state machine's event is `{data_sync_request | batch | finish_request, inline?, cursor?, so_far?, reader?,
 *   route?}`. The answer is `{status: DONE | INCOMPLETE | TOO_LARGE, cursor, result, route}`. The machine calls again
 *   after INCOMPLETE, and calls the function of the route. An INCOMPLETE call may have copied nothing: another writer
 *   had the destination (`require_lock`), or the function of another file system must continue. A `data_sync_request`
 *   may be a list `{requests}`; it is then a batch. `{abandoned_batches}` removes the parts of large files of batches
 *   that no call will finish.
 *
 * @throws DemandValidationError, DataSourceMissing, FilterMatchesNothing, UnsafePath, TransferMismatch, LeaseLost
 * @throws LeaseNotAcquired for the contract's events, when another writer had the destination for the whole call
 */
export async function dataSync(event: unknown, world: DataSyncWorld) {
  if (isJsonObject(event) && MACHINE_FIELDS.some((field) => field in event))
    return answerMachine(event, world);
  if (isJsonObject(event) && 'requests' in event)
    return transferBatch(readBatchDataSyncRequest(event), world);
  const request = readDataSyncRequest(event);
  const result = await transferWhole(request, world);
  return {
    request: echoRequest(request),
    result: writeModel(resultSchema, request.includeDetailedResponse ? result : NOTHING_TRANSFERRED),
  };
}

/**
 * Transfers several requests, one after another. The event is the contract's `{requests, allow_partial_failure?}`, or
 * one flat request. The answer is `{result, failed_requests}`.
 *
 * @throws BatchDataSyncFailed when a request fails, unless `allow_partial_failure`
 * @throws DemandValidationError
 */
export async function batchDataSync(event: unknown, world: DataSyncWorld) {
  return transferBatch(readBatchDataSyncRequest(event), world);
}

type MachineEvent = v.InferOutput<typeof eventSchema>;

interface Answer {
  readonly status: string;
  readonly cursor: string;
  readonly results: readonly Result[];
  readonly route?: Route;
}

async function answerMachine(value: unknown, world: DataSyncWorld) {
  const event = readModel(eventSchema, value);
  const { routing } = world.settings;
  const {
    status,
    cursor,
    results,
    route = routeToSelf(routing),
  } = await runOrReroute<Answer>(
    () => answerHere(event, world),
    (other) => ({ status: 'INCOMPLETE', cursor: event.cursor, results: [], route: other }),
    { routing, route: event.route },
  );
  const result = writeModel(
    resultSchema,
    [...event.soFar, ...results].reduce(addResults, NOTHING_TRANSFERRED),
  );
  return { status, cursor, result, route: writeRoute(route) };
}

async function answerHere(event: MachineEvent, world: DataSyncWorld): Promise<Answer> {
  const { dataSyncRequest, batch, finishRequest, abandonedBatches: abandoned, cursor, reader } = event;
  if (abandoned !== undefined) return abandonEach(abandoned, world);
  // An item of the machine is a list of transfers when a demand has very many.
  const list = isList(dataSyncRequest) ? dataSyncRequest : batch;
  if (list !== undefined)
    return resumeBatch(readBatchDataSyncRequest(list), readCursor(cursor), reader, world);
  if (finishRequest !== undefined) {
    const request = readDataSyncRequest(finishRequest);
    const { status } = await finishTransfer(request, worldOf(request, world));
    return { status, cursor: '', results: [] };
  }
  return resumeRequest(readDataSyncRequest(dataSyncRequest), event, world);
}

async function resumeRequest(
  request: DataSyncRequest,
  { inline, cursor, reader }: MachineEvent,
  world: DataSyncWorld,
): Promise<Answer> {
  if (reader !== undefined) await recordReader(request, reader, world);
  const tooLarge = { status: 'TOO_LARGE', cursor: '', results: [] };
  const isFirst = inline && cursor === '';
  // Only the data-sync state machine starts another engine.
  if (isFirst && request.engine === 'datasync') return tooLarge;
  refuseDataSync(request, '/data_sync_request');
  const listed = isFirst ? await listSourceWithin(request, world.settings.inlineLimits, world) : undefined;
  if (isFirst && listed === undefined) return tooLarge;
  const { outcome, position } = await resumeTransfer(
    request,
    readCursor(cursor),
    worldOf(request, world),
    listed,
  );
  const { status } = outcome;
  return { status, cursor: status === 'DONE' ? '' : writeCursor(position), results: [toResult(outcome)] };
}

function isList(request: unknown): boolean {
  return isJsonObject(request) && 'requests' in request;
}

/** Records the reader. This comes before the first look at the destination: from then on no removal takes its files. */
async function recordReader(request: DataSyncRequest, reader: string, { readers }: DataSyncWorld) {
  const { destinationPath: destination } = request;
  if (!destination.scheme.isFileSystem) return;
  if (readers === undefined) throw new TypeError('the world has no records of readers');
  await readers.add(destination, reader);
}

async function abandonEach(batches: readonly unknown[], world: DataSyncWorld): Promise<Answer> {
  const failures: unknown[] = [];
  for (const each of batches)
    await abandon(readBatchDataSyncRequest(each), world).catch((error) => failures.push(error));
  if (failures.length > 0) throw failures[0];
  return { status: 'DONE', cursor: '', results: [] };
}

async function abandon(batch: BatchDataSyncRequest, world: DataSyncWorld): Promise<void> {
  await abandonAll(await requestsOf(batch, world), (to) => world.stores.open(to).assembler);
}

/** Continues a batch, one request after another, for the time of one call. */
async function resumeBatch(
  batch: BatchDataSyncRequest,
  from: CursorPosition,
  reader: string | undefined,
  world: DataSyncWorld,
): Promise<Answer> {
  const requests = await requestsOf(batch, world);
  const results: Result[] = [];
  for (let position = from; position.index < requests.length; position = { index: position.index + 1 }) {
    const request = requests[position.index] as DataSyncRequest;
    refuseDataSync(request, `/batch/requests/${position.index}`);
    try {
      if (reader !== undefined) await recordReader(request, reader, world);
      const next = await resumeTransfer(request, position, worldOf(request, world));
      results.push(toResult(next.outcome));
      if (next.outcome.status === 'INCOMPLETE')
        return { status: 'INCOMPLETE', cursor: writeCursor(next.position), results };
    } catch (error) {
      // The answer keeps the results of earlier requests. A call without results sends its whole event to the route.
      const { routing } = world.settings;
      const route = position === from ? undefined : routeAfterFailure(error, routing, routeToSelf(routing));
      if (route === undefined) throw error;
      return { status: 'INCOMPLETE', cursor: writeCursor(position), results, route };
    }
  }
  return { status: 'DONE', cursor: '', results };
}

async function transferBatch(batch: BatchDataSyncRequest, world: DataSyncWorld) {
  const requests = await requestsOf(batch, world);
  const failures: { request: DataSyncRequest; error: unknown }[] = [];
  let result = NOTHING_TRANSFERRED;
  for (const request of requests) {
    try {
      const moved = await transferWhole(request, world);
      if (request.includeDetailedResponse) result = addResults(result, moved);
    } catch (error) {
      world.signal.throwIfAborted();
      failures.push({ request, error });
    }
  }
  if (failures.length > 0 && !batch.allowPartialFailure) throw new BatchDataSyncFailed(explain(failures));
  return {
    result: {
      ...writeModel(resultSchema, result),
      total_requests_count: requests.length,
      successful_requests_count: requests.length - failures.length,
      failed_requests_count: failures.length,
    },
    failed_requests: failures.map(({ request }) => echoRequest(request)),
  };
}

async function transferWhole(request: DataSyncRequest, world: DataSyncWorld): Promise<Result> {
  refuseDataSync(request);
  const outcome = await syncData(applyOriginalRules(request), undefined, worldOf(request, world));
  if (outcome.status === 'DONE') return toResult(outcome);
  // The contract's answer has no cursor. A half transfer must not look like a whole one.
  throw new BatchDataSyncFailed(
    `The copy from ${textOf(request.sourcePath)} to ${textOf(request.destinationPath)} takes longer than one call. ` +
      'The copied files stay. Call again, or start the data-sync state machine, which continues by itself.',
  );
}

async function requestsOf({ requests }: BatchDataSyncRequest, world: DataSyncWorld) {
  return typeof requests === 'string' ? readDataSyncRequests(await world.readJson(requests)) : requests;
}

function worldOf(request: DataSyncRequest, world: DataSyncWorld): SyncWorld {
  return { ...world, report: (progress) => world.report(request, progress) };
}

function toResult({ bytesTransferred, filesTransferred }: SyncOutcome): Result {
  return { bytesTransferred, filesTransferred };
}

function addResults(one: Result, other: Result): Result {
  return {
    bytesTransferred: one.bytesTransferred + other.bytesTransferred,
    filesTransferred: one.filesTransferred + other.filesTransferred,
  };
}

function explain(failures: readonly { request: DataSyncRequest; error: unknown }[]): string {
  return failures
    .map(({ request, error }) => {
      const { name, message } = describeError(error);
      return `${textOf(request.sourcePath)} -> ${textOf(request.destinationPath)}: ${name}: ${message}`;
    })
    .join('\n');
}
