import { BatchDataSyncFailed, describeError } from '../errors';
import { readTransfer, readTransfers } from '../rules/transfers';
import { textOf } from '../transfer/location';
import { refuseDataSync } from '../transfer/plan/engine';
import type { BatchDataSyncRequest, DataSyncRequest } from '../transfer/request';
import { syncData } from '../transfer/sync';
import { isJsonObject } from '../wire/json';
import { writeModel } from '../wire/schema';
import { answerMachine, isMachineEvent } from './machine-transfer';
import { applyOriginalRules, echoRequest } from './original-rules';
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

/**
 * Transfers data. There are two kinds of events:
 *
 * - The contract's event is a flat DataSyncRequest or `{requests}`. One call does the whole transfer.
 * - A state machine's event is `{data_sync_request | batch | finish_request, inline?, cursor?, so_far?, reader?,
 *   route?}`. The answer is `{status: DONE | INCOMPLETE | TOO_LARGE, cursor, result, route}`. The machine calls again
 *   after INCOMPLETE, and calls the function of the route. An INCOMPLETE call may have copied nothing: another writer
 *   had the destination (`require_lock`), or the function of another file system must continue. A `data_sync_request`
 *   may be a list `{requests}`; it is then a batch. `{abandoned_batches}` removes the parts of large files of batches
 *   that no call will finish. The call after the copy of a move removes its source.
 *
 * @throws DemandValidationError, DataSourceMissing, FilterMatchesNothing, UnsafePath, TransferMismatch, LeaseLost
 * @throws LeaseNotAcquired for the contract's events, when another writer had the destination for the whole call
 */
export async function dataSync(event: unknown, world: DataSyncWorld) {
  if (isMachineEvent(event)) return answerMachine(event, world);
  if (isJsonObject(event) && 'requests' in event)
    return transferBatch(readTransfers(event, world.settings.rules), world);
  const request = readTransfer(event, world.settings.rules);
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
  return transferBatch(readTransfers(event, world.settings.rules), world);
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

function explain(failures: readonly { request: DataSyncRequest; error: unknown }[]): string {
  return failures
    .map(({ request, error }) => {
      const { name, message } = describeError(error);
      return `${textOf(request.sourcePath)} -> ${textOf(request.destinationPath)}: ${name}: ${message}`;
    })
    .join('\n');
}
