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
import type { RuleSettings } from '../rules/model';
import { readTransferToPlan } from '../rules/transfers';
import { runLimited } from '../transfer/concurrency';
import { withoutFinalSlashes } from '../transfer/location';
import { type Plan, planBatches } from '../transfer/plan/contract-plan';
import { chooseEngine, type EngineSettings, refuseDataSync } from '../transfer/plan/engine';
import { planSegments } from '../transfer/plan/machine-plan';
import type { TreePart } from '../transfer/plan/partition';
import {
  type Engine,
  type PrepareBatchDataSyncRequest,
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
 * Bytes of a plan within {@link STATE_BYTES}. The state also holds the input, which is the request once more, and at
 * the end the counts of {@link MAX_BATCHES} batches, 80 bytes each. References of that many batches fit in, too.
 */
const INLINE_BYTES = 100_000;
const WRITES_AT_ONCE = 16;

interface PlanDataSyncSettings extends TransferSettings, EngineSettings, RoutingSettings, RuleSettings {
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
 * Divides a transfer into batches. The batches can run at the same time.
 *
 * The answer to the contract's flat PrepareBatchDataSync is `{requests: [{requests, allow_partial_failure}]}`. The
 * answer to the machine's `{data_sync_request, concurrency?, route?}` is `{engine, batches, finish_request, route}`.
 * The batches of the machine only copy: a mirror or a removal begins after the last batch. With the engine `datasync`
 * there are no batches. With the engine `elsewhere` there is no plan, and the machine calls the function of the route.
 *
 * @throws DemandValidationError, DataSourceMissing, FilterMatchesNothing
 */
export async function planDataSync(event: unknown, world: PlanDataSyncWorld) {
  if (isJsonObject(event) && 'data_sync_request' in event)
    return planForMachine(readModel(machineEventSchema, event), world);
  const request = readTransferToPlan(event, world.settings.rules);
  refuseDataSync(request);
  const plan = await planEvenMissing(request, world);
  const folder = request.temporaryRequestPayloadPath;
  const batches = plan.batches.map((parts) => () => parts.map((part) => partRequest(request, plan, part)));
  return { requests: folder === undefined ? batches.map(inline) : await store(batches, folder, world) };
}

/** Plans the contract's request. A missing source is one part, and the copy of this part reports it. */
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

/** Makes the requests of a batch on demand: all requests at once would need more memory than the listing. */
type Batch = () => readonly WrittenDataSyncRequest[];

type MachinePlan = Omit<Awaited<ReturnType<typeof planHere>>, 'engine' | 'finish_request'> & {
  readonly engine: Engine | 'elsewhere';
  /** Empty in an answer with the engine `elsewhere`. */
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
    (other) => ({ engine: 'elsewhere', batches: [], finish_request: {}, route: writeRoute(other) }),
    { routing, route },
  );
}

async function planHere(value: unknown, concurrency: number, world: PlanDataSyncWorld) {
  const request = readTransferToPlan(value, world.settings.rules);
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

/** Returns a folder of this call inside the folder of the request. Two executions may have the same request. */
function payloadFolderOf(
  { temporaryRequestPayloadPath: given }: PrepareBatchDataSyncRequest,
  { defaultPayloadPath }: PlanDataSyncSettings,
): string | undefined {
  if (given === undefined) return undefined;
  return `${withoutFinalSlashes(given)}/${defaultPayloadPath.split('/').at(-1)}`;
}

/** Stops at the limit, so that a plan of a million parts is not written for the count alone. */
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

/** Writes a document for each batch. */
async function store(batches: readonly Batch[], path: string, world: PlanDataSyncWorld) {
  const folder = withoutFinalSlashes(path);
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
