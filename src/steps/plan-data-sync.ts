import { DataSourceMissing } from '../errors';
import { runLimited } from '../transfer/concurrency';
import { chooseEngine, type EngineWorld, refuseDataSync } from '../transfer/engine';
import type { TreePart } from '../transfer/partition';
import { type Plan, planBatches } from '../transfer/plan';
import {
  type PrepareBatchDataSyncRequest,
  readPrepareBatchDataSyncRequest,
  writeDataSyncRequest,
} from '../transfer/request';
import type { SourceWorld } from '../transfer/source';
import { isJsonObject, type JsonObject } from '../wire/json';

/**
 * An execution has 25,000 events (Step Functions quotas, "State machine executions"). A batch of the inline Map
 * takes 2 for its iteration, 5 a call of the function, 2 for the Choice after it and 2 for the Pass at its
 * end: 11, and 7 more for each further call. With 900, three calls each are 22,500; the rest is for retries.
 */
const MAX_BATCHES = 900;
/**
 * A state has 262,144 bytes: besides the plan there are the input, which is the request once more, and at the end
 * the counts of {@link MAX_BATCHES} batches, 80 bytes each. References of that many batches fit in, too.
 */
const INLINE_BYTES = 100_000;
const WRITES_AT_ONCE = 16;

export interface PlanDataSyncWorld extends SourceWorld, EngineWorld {
  /** Stores a JSON document at an s3:// uri. */
  readonly writeJson: (uri: string, document: unknown) => Promise<void>;
  /** An s3:// folder of this call's own, for a plan that is too large for a state. */
  readonly defaultPayloadPath: string;
}

/**
 * Cuts a transfer into batches that can be copied side by side.
 *
 * The contract's flat PrepareBatchDataSync answers `{requests: [{requests, allow_partial_failure}]}`. The
 * state machine's `{data_sync_request}` answers `{engine, batches, finish_request}`: its batches only copy, since
 * a mirror or a removal needs to know that all of them are through. With the engine `datasync` there are none.
 *
 * @throws DemandValidationError, DataSourceMissing, FilterMatchesNothing
 */
export async function planDataSync(event: unknown, world: PlanDataSyncWorld) {
  if (isJsonObject(event) && 'data_sync_request' in event)
    return planForMachine(event.data_sync_request, world);
  const request = readPrepareBatchDataSyncRequest(event);
  refuseDataSync(request);
  const plan = await planEvenMissing(request, world);
  const folder = request.temporaryRequestPayloadPath;
  const batches = folder === undefined ? writeInline(request, plan) : store(request, plan, folder, world);
  return { requests: await batches };
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

async function planForMachine(value: unknown, world: PlanDataSyncWorld) {
  const request = readPrepareBatchDataSyncRequest(value);
  const plan = await planBatches(request, world, MAX_BATCHES);
  const engine = chooseEngine(request, plan, world);
  if (engine === 'datasync') return { engine, batches: [], finish_request: writeDataSyncRequest(request) };
  const copyOnly = { ...request, delete: false, retainSourceData: true };
  // A source that stays whole needs no other paths than its own; those of the contract are for trees.
  const isWhole = plan.batches.every((parts) => parts.every(({ key }) => key === ''));
  return {
    engine,
    batches: isWhole
      ? [{ requests: [writeDataSyncRequest(copyOnly)], allow_partial_failure: false }]
      : await writeWithin(copyOnly, plan, world),
    finish_request: writeDataSyncRequest(request),
  };
}

/** In the answer if the request allows it and a state has room for it, else in S3. */
async function writeWithin(request: PrepareBatchDataSyncRequest, plan: Plan, world: PlanDataSyncWorld) {
  const { temporaryRequestPayloadPath } = request;
  if (temporaryRequestPayloadPath !== undefined)
    return store(request, plan, temporaryRequestPayloadPath, world);
  return fitsInline(request, plan)
    ? writeInline(request, plan)
    : store(request, plan, world.defaultPayloadPath, world);
}

/** Stops counting early: a plan of a million parts is not written down to find that it is too long. */
function fitsInline(request: PrepareBatchDataSyncRequest, plan: Plan): boolean {
  let bytes = 0;
  for (const parts of plan.batches)
    for (const part of parts) {
      bytes += Buffer.byteLength(JSON.stringify(partRequest(request, plan, part))) + 1;
      if (bytes > INLINE_BYTES) return false;
    }
  return bytes + plan.batches.length * 50 <= INLINE_BYTES;
}

function writeInline(request: PrepareBatchDataSyncRequest, plan: Plan) {
  return plan.batches.map((parts) => ({
    requests: parts.map((part) => partRequest(request, plan, part)),
    allow_partial_failure: false,
  }));
}

/** One document a batch, made as it is written: all of them at once would be larger than the listing. */
async function store(
  request: PrepareBatchDataSyncRequest,
  plan: Plan,
  path: string,
  world: PlanDataSyncWorld,
) {
  const folder = path.replace(/\/+$/, '');
  const uriOf = (index: number) => `${folder}/request_${index}.json`;
  const write = ([index, parts]: [number, readonly TreePart[]]) =>
    world.writeJson(
      uriOf(index),
      parts.map((part) => partRequest(request, plan, part)),
    );
  await runLimited(plan.batches.entries(), WRITES_AT_ONCE, write, { signal: world.signal });
  return plan.batches.map((_, index) => ({ requests: uriOf(index), allow_partial_failure: false }));
}

function partRequest(request: PrepareBatchDataSyncRequest, plan: Plan, part: TreePart): JsonObject {
  const { sourcePath, destinationPath } = plan.toNode(part);
  const filterRoot = request.filterRoot ?? request.sourcePath;
  return writeDataSyncRequest({ ...request, sourcePath, destinationPath, filterRoot });
}
