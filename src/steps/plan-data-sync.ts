import * as v from 'valibot';
import { HISTORY_EVENTS, type STATE_BYTES } from '../aws-limits';
import {
  type RoutingSettings,
  routeSchema,
  routeToSelf,
  runOrReroute,
  type WrittenRoute,
  writeRoute,
} from '../efs/function-routing';
import { DataSourceMissing } from '../errors';
import { DEFAULT_STAGING } from '../machines/concurrency';
import { runLimited } from '../transfer/concurrency';
import { type Plan, planBatches } from '../transfer/plan/contract-plan';
import { chooseEngine, type EngineSettings, refuseDataSync } from '../transfer/plan/engine';
import { planSegments } from '../transfer/plan/machine-plan';
import type { TreePart } from '../transfer/plan/partition';
import {
  type Engine,
  type PrepareBatchDataSyncRequest,
  readPrepareBatchDataSyncRequest,
  type WrittenDataSyncRequest,
  writeDataSyncRequest,
} from '../transfer/request';
import type { TransferSettings, TransferWorld } from '../transfer/transfer';
import { isJsonObject, withoutEmpty } from '../wire/json';
import { integer, model, readModel } from '../wire/schema';

/**
 * Events of a batch of the inline Map: 2 of its iteration, 5 of a call of the function, 2 of the Choice after the call
 * and 2 of the Pass at the end. Two further calls are 7 events each.
 */
const EVENTS_OF_BATCH = 11 + 2 * 7;
/** 900 batches: a tenth of the history is for retries. */
const MAX_BATCHES = Math.floor((0.9 * HISTORY_EVENTS) / EVENTS_OF_BATCH);
/**
 * Bytes of a plan within {@link STATE_BYTES}. The state also holds the input, which is the request once more, and at the
 * end the counts of {@link MAX_BATCHES} batches, 80 bytes each. References of that many batches fit in, too.
 */
const INLINE_BYTES = 100_000;
const WRITES_AT_ONCE = 16;

interface PlanDataSyncSettings extends TransferSettings, EngineSettings, RoutingSettings {
  /** The s3:// folder for the plan of this call when it is too large for a state. No other call has the same folder. */
  readonly defaultPayloadPath: string;
}

export interface PlanDataSyncWorld extends TransferWorld {
  /** Writes a JSON document to an s3:// URI. */
  readonly writeJson: (uri: string, document: unknown) => Promise<void>;
  readonly settings: PlanDataSyncSettings;
}

const machineEventSchema = model({
  dataSyncRequest: v.unknown(),
  concurrency: v.optional(integer(1), DEFAULT_STAGING.batchConcurrency),
  route: routeSchema,
});

/**
 * Cuts a transfer into batches that can be copied side by side.
 *
 * The contract's flat PrepareBatchDataSync answers `{requests: [{requests, allow_partial_failure}]}`. The machine's
 * `{data_sync_request, concurrency?, route?}` answers `{engine, batches, finish_request, route}`. Its batches only copy,
 * since a mirror or a removal needs to know that all of them are through. With the engine `datasync` there are no
 * batches. With `elsewhere` there is no plan: ask the function that the route leads to.
 *
 * @throws DemandValidationError, DataSourceMissing, FilterMatchesNothing
 */
export async function planDataSync(event: unknown, world: PlanDataSyncWorld) {
  if (isJsonObject(event) && 'data_sync_request' in event)
    return planForMachine(readModel(machineEventSchema, event), world);
  const request = readPrepareBatchDataSyncRequest(event);
  refuseDataSync(request);
  const plan = await planEvenMissing(request, world);
  const folder = request.temporaryRequestPayloadPath;
  const batches = plan.batches.map((parts) => () => parts.map((part) => partRequest(request, plan, part)));
  return { requests: folder === undefined ? batches.map(inline) : await store(batches, folder, world) };
}

/** The contract plans also what is missing, as one part: whoever is to copy it will tell. */
async function planEvenMissing(
  request: PrepareBatchDataSyncRequest,
  world: PlanDataSyncWorld,
): Promise<Plan> {
  try {
    return await planBatches(request, world);
  } catch (error) {
    if (!(error instanceof DataSourceMissing)) throw error;
    return planBatches({ ...request, failIfMissing: false }, world);
  }
}

/** A batch's requests, made when they are asked for: all of them at once would be larger than the listing. */
type Batch = () => readonly WrittenDataSyncRequest[];

type MachinePlan = Omit<Awaited<ReturnType<typeof planHere>>, 'engine' | 'finish_request'> & {
  readonly engine: Engine | 'elsewhere';
  /** Empty in an answer that only leads elsewhere. */
  readonly finish_request: Partial<WrittenDataSyncRequest>;
  readonly route: WrittenRoute;
};

async function planForMachine(
  { dataSyncRequest, concurrency, route }: v.InferOutput<typeof machineEventSchema>,
  world: PlanDataSyncWorld,
) {
  const { routing } = world.settings;
  return runOrReroute<MachinePlan>(
    async () => ({
      ...(await planHere(dataSyncRequest, concurrency, world)),
      route: writeRoute(routeToSelf(routing)),
    }),
    (elsewhere) => ({ engine: 'elsewhere', batches: [], finish_request: {}, route: writeRoute(elsewhere) }),
    { routing, route },
  );
}

async function planHere(value: unknown, concurrency: number, world: PlanDataSyncWorld) {
  const request = readPrepareBatchDataSyncRequest(value);
  const plan = await planSegments(request, { maxBatches: MAX_BATCHES, concurrency }, world);
  const engine = chooseEngine(request, plan, world.settings);
  const { sourceState } = plan;
  const finish_request = writeDataSyncRequest({
    ...request,
    ...withoutEmpty({ sourceState }),
  });
  if (engine === 'datasync') return { engine, batches: [], finish_request };
  const batches = (await plan.toBatches()).map((requests) => () => requests.map(writeDataSyncRequest));
  const folder =
    payloadFolderOf(request, world.settings) ??
    (fitsInline(batches) ? undefined : world.settings.defaultPayloadPath);
  return {
    engine,
    batches: folder === undefined ? batches.map(inline) : await store(batches, folder, world),
    finish_request,
  };
}

/** One of this call's own: executions that were given the same folder would read each other's batches. */
function payloadFolderOf(
  { temporaryRequestPayloadPath: given }: PrepareBatchDataSyncRequest,
  { defaultPayloadPath }: PlanDataSyncSettings,
): string | undefined {
  if (given === undefined) return undefined;
  return `${given.replace(/\/+$/, '')}/${defaultPayloadPath.split('/').at(-1)}`;
}

/** Stops counting early: a plan of a million parts is not written down to find that it is too long. */
function fitsInline(batches: readonly Batch[]): boolean {
  let bytes = 0;
  for (const batch of batches) {
    bytes += Buffer.byteLength(JSON.stringify(inline(batch)));
    if (bytes > INLINE_BYTES) return false;
  }
  return true;
}

function inline(batch: Batch) {
  return { requests: batch(), allow_partial_failure: false };
}

/** One document a batch. */
async function store(batches: readonly Batch[], path: string, world: PlanDataSyncWorld) {
  const folder = path.replace(/\/+$/, '');
  const uriOf = (index: number) => `${folder}/request_${index}.json`;
  const write = ([index, batch]: [number, Batch]) => world.writeJson(uriOf(index), batch());
  await runLimited(batches.entries(), WRITES_AT_ONCE, write, { signal: world.signal });
  return batches.map((_, index) => ({ requests: uriOf(index), allow_partial_failure: false }));
}

function partRequest(request: PrepareBatchDataSyncRequest, plan: Plan, part: TreePart) {
  const { sourcePath, destinationPath } = plan.toNode(part);
  const filterRoot = request.filterRoot ?? request.sourcePath;
  return writeDataSyncRequest({ ...request, sourcePath, destinationPath, filterRoot });
}
