/** Transfers for the tasks of the state machines. Each call does a part, and its answer says where the next call continues. */
import * as v from 'valibot';
import {
  type Route,
  routeAfterFailure,
  routeSchema,
  routeToSelf,
  runOrReroute,
  writeRoute,
} from '../efs/function-routing';
import { readTransfer, readTransfers } from '../rules/transfers';
import { abandonAll } from '../transfer/copy/assemble';
import { refuseDataSync } from '../transfer/plan/engine';
import type { BatchDataSyncRequest, DataSyncRequest } from '../transfer/request';
import { listSourceWithin } from '../transfer/source';
import { isJsonObject, withoutEmpty } from '../wire/json';
import { flag, listOf, model, optional, readModel, text, writeModel } from '../wire/schema';
import { type CursorPosition, readCursor, writeCursor } from './cursor';
import { finishTransfer, removeMovedSource, resumeTransfer } from './resumable-transfer';
import {
  addResults,
  type DataSyncWorld,
  NOTHING_TRANSFERRED,
  type Result,
  requestsOf,
  resultSchema,
  toResult,
  worldOf,
} from './transfer-results';

/** Moves of a list that are copied before their sources are removed. The cursor has a state of 64 characters for each. */
const MOVES_AT_ONCE = 20;

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

/** An event with one of these fields comes from a state machine. */
const MACHINE_FIELDS = ['data_sync_request', 'batch', 'finish_request', 'abandoned_batches'];

export function isMachineEvent(event: unknown): boolean {
  return isJsonObject(event) && MACHINE_FIELDS.some((field) => field in event);
}

type MachineEvent = v.InferOutput<typeof eventSchema>;

interface Answer {
  readonly status: string;
  readonly cursor: string;
  readonly results: readonly Result[];
  readonly route?: Route;
}

/** Answers an event of a state machine. See `dataSync` for its form. */
export async function answerMachine(value: unknown, world: DataSyncWorld) {
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
  const { rules } = world.settings;
  const position = readCursor(cursor);
  // An item of the machine is a list of transfers when a demand has very many.
  const list = isList(dataSyncRequest) ? dataSyncRequest : batch;
  if (list !== undefined) return resumeBatch(readTransfers(list, rules), position, reader, world);
  const request = readTransfer(finishRequest ?? dataSyncRequest, rules);
  return (
    (await removeSources([request], position, world)) ??
    (finishRequest === undefined
      ? resumeRequest(request, position, event, world)
      : afterCopy(request, { ...(await finishTransfer(request, worldOf(request, world))), position }, []))
  );
}

async function resumeRequest(
  request: DataSyncRequest,
  begun: CursorPosition,
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
  const { outcome, position } = await resumeTransfer(request, begun, worldOf(request, world), listed);
  return afterCopy(request, { ...outcome, position }, [toResult(outcome)]);
}

/** Returns the answer after a call that has copied. The next call removes the source of a copied move. */
function afterCopy(
  request: DataSyncRequest,
  copy: { readonly status: string; readonly sourceState?: string; readonly position: CursorPosition },
  results: readonly Result[],
): Answer {
  const { status, sourceState = '', position } = copy;
  if (status === 'INCOMPLETE') return { status, cursor: writeCursor(position), results };
  if (request.retainSourceData) return { status, cursor: '', results };
  return { status: 'INCOMPLETE', cursor: writeCursor({ index: 1, removing: [sourceState] }), results };
}

/**
 * Removes the sources of the moves that earlier calls have copied.
 *
 * @returns the answer of the call; undefined when the requests from the position on remain
 */
async function removeSources(
  requests: readonly DataSyncRequest[],
  { removing = [], ...position }: CursorPosition,
  world: DataSyncWorld,
): Promise<Answer | undefined> {
  const first = position.index - removing.length;
  for (const [offset, sourceState] of removing.entries()) {
    const request = requests[first + offset];
    if (request === undefined || request.retainSourceData) continue;
    const { status } = await removeMovedSource(request, sourceState, worldOf(request, world));
    if (status === 'DONE') continue;
    const cursor = writeCursor({ ...position, removing: removing.slice(offset) });
    return { status, cursor, results: [] };
  }
  if (removing.length === 0 || position.index < requests.length) return undefined;
  return { status: 'DONE', cursor: '', results: [] };
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
    await abandon(readTransfers(each, world.settings.rules), world).catch((error) => failures.push(error));
  if (failures.length > 0) throw failures[0];
  return { status: 'DONE', cursor: '', results: [] };
}

async function abandon(batch: BatchDataSyncRequest, world: DataSyncWorld): Promise<void> {
  await abandonAll(await requestsOf(batch, world), (to) => world.stores.open(to).assembler);
}

/**
 * Continues a batch, one request after another, for the time of one call. The sources of moves are removed in the call
 * after their copies.
 */
async function resumeBatch(
  batch: BatchDataSyncRequest,
  from: CursorPosition,
  reader: string | undefined,
  world: DataSyncWorld,
): Promise<Answer> {
  const requests = await requestsOf(batch, world);
  const removed = await removeSources(requests, from, world);
  if (removed !== undefined) return removed;
  const results: Result[] = [];
  const copied: string[] = [];
  const answer = (position: CursorPosition, route?: Route): Answer => {
    const removing = copied.some(Boolean) ? copied : undefined;
    const cursor = writeCursor({ ...position, ...withoutEmpty({ removing }) });
    return { status: 'INCOMPLETE', cursor, results, ...withoutEmpty({ route }) };
  };
  const { removing: _, ...begun } = from;
  for (let position: CursorPosition = begun; position.index < requests.length; ) {
    const request = requests[position.index] as DataSyncRequest;
    refuseDataSync(request, `/batch/requests/${position.index}`);
    try {
      if (reader !== undefined) await recordReader(request, reader, world);
      const { outcome, position: reached } = await resumeTransfer(request, position, worldOf(request, world));
      results.push(toResult(outcome));
      if (outcome.status === 'INCOMPLETE') return answer(reached);
      copied.push(request.retainSourceData ? '' : (outcome.sourceState ?? ''));
    } catch (error) {
      // The answer keeps the results of earlier requests. A call without results sends its whole event to the route.
      const { routing } = world.settings;
      const route = position === begun ? undefined : routeAfterFailure(error, routing, routeToSelf(routing));
      if (route === undefined) throw error;
      return answer(position, route);
    }
    position = { index: position.index + 1 };
    if (copied.filter(Boolean).length >= MOVES_AT_ONCE) return answer(position);
  }
  return copied.some(Boolean) ? answer({ index: requests.length }) : { status: 'DONE', cursor: '', results };
}
