import { type PlanNode, planBatches } from '../transfer/plan';
import {
  type PrepareBatchDataSyncRequest,
  readPrepareBatchDataSyncRequest,
  writeDataSyncRequest,
} from '../transfer/request';
import type { SourceWorld } from '../transfer/source';
import { isJsonObject, type JsonObject } from '../wire/json';

export interface PlanDataSyncWorld extends SourceWorld {
  /** Stores a JSON document at an s3:// uri. */
  readonly writeJson: (uri: string, document: unknown) => Promise<void>;
}

/**
 * Cuts a transfer into batches that can be copied side by side.
 *
 * The contract's flat PrepareBatchDataSync answers `{requests: [{requests, allow_partial_failure}]}`. The
 * state machine's `{data_sync_request}` answers `{batches, finish_request}`: its batches only copy, since
 * a mirror or a removal needs to know that all of them are through.
 *
 * @throws DemandValidationError, DataSourceMissing, FilterMatchesNothing
 */
export async function planDataSync(event: unknown, world: PlanDataSyncWorld) {
  const forMachine = isJsonObject(event) && 'data_sync_request' in event;
  const request = readPrepareBatchDataSyncRequest(forMachine ? event.data_sync_request : event);
  const { batches } = await planBatches(request, world);
  if (!forMachine) return { requests: await writeBatches(request, batches, world) };
  const copyOnly = { ...request, delete: false, retainSourceData: true };
  // A source that stays whole needs no other paths than its own; those of the contract are for trees.
  const isWhole = batches.every((nodes) => nodes.every(({ key }) => key === ''));
  return {
    batches: isWhole
      ? [{ requests: [writeDataSyncRequest(copyOnly)], allow_partial_failure: false }]
      : await writeBatches(copyOnly, batches, world),
    finish_request: writeDataSyncRequest(request),
  };
}

function writeBatches(
  request: PrepareBatchDataSyncRequest,
  batches: readonly (readonly PlanNode[])[],
  world: PlanDataSyncWorld,
) {
  const folder = request.temporaryRequestPayloadPath?.replace(/\/+$/, '');
  return Promise.all(
    batches.map(async (nodes, index) => {
      const requests = nodes.map((node) => nodeRequest(request, node));
      if (folder === undefined) return { requests, allow_partial_failure: false };
      const uri = `${folder}/request_${index}.json`;
      await world.writeJson(uri, requests);
      return { requests: uri, allow_partial_failure: false };
    }),
  );
}

function nodeRequest(
  request: PrepareBatchDataSyncRequest,
  { sourcePath, destinationPath }: PlanNode,
): JsonObject {
  const filterRoot = request.filterRoot ?? request.sourcePath;
  return writeDataSyncRequest({ ...request, sourcePath, destinationPath, filterRoot });
}
