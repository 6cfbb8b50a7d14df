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
import { asOriginal, echoRequest } from './as-original';
import { advance, type CursorPosition, finishUnlessBusy, readCursor, writeCursor } from './cursor';

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
const NOTHING: Result = { bytesTransferred: 0, filesTransferred: 0 };

const MACHINE_FIELDS = ['data_sync_request', 'batch', 'finish_request', 'abandoned_batches'];

const eventSchema = model({
  dataSyncRequest: optional(v.unknown()),
  batch: optional(v.unknown()),
  finishRequest: optional(v.unknown()),
  /** Batches that will not be finished. */
  abandonedBatches: optional(listOf(v.unknown())),
  /** TOO_LARGE is an answer: the caller has another way to go on. */
  inline: v.optional(flag(), false),
  /** Of the last INCOMPLETE answer; `''` at first. */
  cursor: v.optional(text(), ''),
  /** What earlier calls, or the batches, transferred. */
  soFar: v.optional(listOf(resultSchema), []),
  /**
   * The execution that is going to read what arrives. Outside of its own working directory, that is kept from
   * being removed until the remove step is told that it has ended.
   */
  reader: optional(text()),
  /** Of the last answer. */
  route: routeSchema,
});

/**
 * Moves data. Two kinds of events:
 *
 * - the contract's, a flat DataSyncRequest or `{requests}`: works until all is done;
 * - the state machines', `{data_sync_request | batch | finish_request, inline?, cursor?, so_far?, reader?, route?}`:
 *   answers `{status: DONE | INCOMPLETE | TOO_LARGE, cursor, result, route}`, and is called again while it is INCOMPLETE,
 *   also when all that it did was to wait for another writer (`require_lock`), or to find that another file system's
 *   function has to go on: the one that the route leads to. A `data_sync_request` may be a list of
 *   them, `{requests}`, which is a batch. `{abandoned_batches}` forgets the
 *   parts of large files that were brought for batches which will not be finished.
 *
 * @throws DemandValidationError, DataSourceMissing, FilterMatchesNothing, UnsafePath, TransferMismatch, LeaseLost
 * @throws LeaseNotAcquired for the contract's events, when another writer had the destination all the time
 */
export async function dataSync(event: unknown, world: DataSyncWorld) {
  if (isJsonObject(event) && MACHINE_FIELDS.some((field) => field in event)) return resumable(event, world);
  if (isJsonObject(event) && 'requests' in event) return wholeBatch(readBatchDataSyncRequest(event), world);
  const request = readDataSyncRequest(event);
  const result = await syncToTheEnd(request, world);
  return {
    request: echoRequest(request),
    result: writeModel(resultSchema, request.includeDetailedResponse ? result : NOTHING),
  };
}

/**
 * Several transfers, one after another: the contract's `{requests, allow_partial_failure?}`, or one flat request, in;
 * `{result, failed_requests}` out.
 *
 * @throws BatchDataSyncFailed unless `allow_partial_failure`, and what {@link dataSync} throws for its request
 */
export async function batchDataSync(event: unknown, world: DataSyncWorld) {
  return wholeBatch(readBatchDataSyncRequest(event), world);
}

type MachineEvent = v.InferOutput<typeof eventSchema>;

interface Answer {
  readonly status: string;
  readonly cursor: string;
  readonly results: readonly Result[];
  readonly route?: Route;
}

async function resumable(value: unknown, world: DataSyncWorld) {
  const event = readModel(eventSchema, value);
  const { routing } = world.settings;
  const {
    status,
    cursor,
    results,
    route = routeToSelf(routing),
  } = await runOrReroute<Answer>(
    () => answerHere(event, world),
    (elsewhere) => ({ status: 'INCOMPLETE', cursor: event.cursor, results: [], route: elsewhere }),
    { routing, route: event.route },
  );
  const result = writeModel(resultSchema, [...event.soFar, ...results].reduce(add, NOTHING));
  return { status, cursor, result, route: writeRoute(route) };
}

async function answerHere(event: MachineEvent, world: DataSyncWorld): Promise<Answer> {
  const { dataSyncRequest, batch, finishRequest, abandonedBatches: abandoned, cursor, reader } = event;
  if (abandoned !== undefined) return abandonEach(abandoned, world);
  // Where a demand has very many transfers, the machine's items are lists of them.
  const list = isList(dataSyncRequest) ? dataSyncRequest : batch;
  if (list !== undefined)
    return resumableBatch(readBatchDataSyncRequest(list), readCursor(cursor), reader, world);
  if (finishRequest !== undefined) {
    const request = readDataSyncRequest(finishRequest);
    const { status } = await finishUnlessBusy(request, worldOf(request, world));
    return { status, cursor: '', results: [] };
  }
  return transferOne(readDataSyncRequest(dataSyncRequest), event, world);
}

async function transferOne(
  request: DataSyncRequest,
  { inline, cursor, reader }: MachineEvent,
  world: DataSyncWorld,
): Promise<Answer> {
  if (reader !== undefined) await recordReader(request, reader, world);
  const tooLarge = { status: 'TOO_LARGE', cursor: '', results: [] };
  const isFirst = inline && cursor === '';
  // Another engine is for the data-sync state machine to start.
  if (isFirst && request.engine === 'datasync') return tooLarge;
  refuseDataSync(request, '/data_sync_request');
  const listed = isFirst ? await listSourceWithin(request, world.settings.inlineLimits, world) : undefined;
  if (isFirst && listed === undefined) return tooLarge;
  const { outcome, position } = await advance(request, readCursor(cursor), worldOf(request, world), listed);
  const { status } = outcome;
  return { status, cursor: status === 'DONE' ? '' : writeCursor(position), results: [toResult(outcome)] };
}

function isList(request: unknown): boolean {
  return isJsonObject(request) && 'requests' in request;
}

/** Before the destination is looked at: what is there then, or comes, is not removed any more. */
async function recordReader(request: DataSyncRequest, reader: string, { readers }: DataSyncWorld) {
  const { destinationPath: destination } = request;
  if (!destination.scheme.isFileSystem) return;
  if (readers === undefined) throw new TypeError('a reader cannot be recorded here');
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

/** One request of the batch after the other. */
async function resumableBatch(
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
      const next = await advance(request, position, worldOf(request, world));
      results.push(toResult(next.outcome));
      if (next.outcome.status === 'INCOMPLETE')
        return { status: 'INCOMPLETE', cursor: writeCursor(next.position), results };
    } catch (error) {
      // What was done before it is told; where there is nothing, all of the event goes elsewhere.
      const { routing } = world.settings;
      const route = position === from ? undefined : routeAfterFailure(error, routing, routeToSelf(routing));
      if (route === undefined) throw error;
      return { status: 'INCOMPLETE', cursor: writeCursor(position), results, route };
    }
  }
  return { status: 'DONE', cursor: '', results };
}

async function wholeBatch(batch: BatchDataSyncRequest, world: DataSyncWorld) {
  const requests = await requestsOf(batch, world);
  const failures: { request: DataSyncRequest; error: unknown }[] = [];
  let result = NOTHING;
  for (const request of requests) {
    try {
      const moved = await syncToTheEnd(request, world);
      if (request.includeDetailedResponse) result = add(result, moved);
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

async function syncToTheEnd(request: DataSyncRequest, world: DataSyncWorld): Promise<Result> {
  refuseDataSync(request);
  const outcome = await syncData(asOriginal(request), undefined, worldOf(request, world));
  if (outcome.status === 'DONE') return toResult(outcome);
  // Nobody will call again with a cursor, so half a transfer must not look like a whole one.
  throw new BatchDataSyncFailed(
    `${textOf(request.sourcePath)} could not be copied to ${textOf(request.destinationPath)} in the time of one call. ` +
      'What is there stays; call again, or start the data-sync state machine, which goes on by itself.',
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

function add(one: Result, other: Result): Result {
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
