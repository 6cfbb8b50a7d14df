/** Reads the requests of transfers for a stage: with the stage's default of `delete`, and refused by its rules. */

import { type Location, tryParseLocation } from '../transfer/location';
import {
  type BatchDataSyncRequest,
  type DataSyncRequest,
  type PrepareBatchDataSyncRequest,
  readBatchDataSyncRequest,
  readDataSyncRequest,
  readDataSyncRequests,
  readPrepareBatchDataSyncRequest,
} from '../transfer/request';
import { isJsonObject } from '../wire/json';
import { type Asked, askedOfTransfer } from './asked';
import type { DemandRules } from './model';
import { mayRemoveFrom, refuseForbidden } from './rules';

/**
 * Reads one request. A request without `delete` is a mirror only where the stage permits a removal; elsewhere it keeps
 * all files at its destination.
 *
 * @param at the path of the request in the given document
 * @throws DemandValidationError naming every mistake, then every value that a rule forbids
 */
export function readTransfer(
  value: unknown,
  rules: DemandRules,
  at: readonly string[] = [],
): DataSyncRequest {
  const request = readDataSyncRequest(withDefaultDelete(value, rules), at);
  refuseForbidden(askedOfTransfer(request, at), rules);
  return request;
}

/** Reads a request to plan, as {@link readTransfer} does. The plan is a document that the request may place. */
export function readTransferToPlan(value: unknown, rules: DemandRules): PrepareBatchDataSyncRequest {
  const request = readPrepareBatchDataSyncRequest(withDefaultDelete(value, rules));
  const asked = askedOfTransfer(request);
  refuseForbidden({ ...asked, writes: [...asked.writes, ...payloadOf(request)] }, rules);
  return request;
}

/** Reads a batch, or one flat request, as {@link readTransfer} does. */
export function readTransfers(value: unknown, rules: DemandRules): BatchDataSyncRequest {
  const batch = readBatchDataSyncRequest(withDefaultDeletes(value, rules));
  if (typeof batch.requests === 'string') {
    refuseForbidden({ documents: documentOf('/requests', batch.requests) }, rules);
    return batch;
  }
  // A flat request has no list around it.
  const at = isJsonObject(value) && Object.hasOwn(value, 'requests') ? ['requests'] : undefined;
  refuseForbidden(askedOfTransfers(batch.requests, at), rules);
  return batch;
}

/** Reads the document with the requests of a batch, as {@link readTransfer} does. */
export function readTransfersOfDocument(value: unknown, rules: DemandRules): readonly DataSyncRequest[] {
  const given = Array.isArray(value) ? value.map((each) => withDefaultDelete(each, rules)) : value;
  const requests = readDataSyncRequests(given);
  refuseForbidden(askedOfTransfers(requests, []), rules);
  return requests;
}

/** @throws DemandValidationError for the uri of a document that the stage's rules do not let a function read */
export function refuseForbiddenDocument(pointer: string, uri: string, rules: DemandRules): void {
  refuseForbidden({ documents: documentOf(pointer, uri) }, rules);
}

/** @param at the path of the list; undefined for a request without a list */
function askedOfTransfers(requests: readonly DataSyncRequest[], at: readonly string[] | undefined): Asked {
  const asked = requests.map((request, index) => askedOfTransfer(request, at && [...at, index]));
  return {
    reads: asked.flatMap(({ reads }) => reads),
    writes: asked.flatMap(({ writes }) => writes),
    removals: asked.flatMap(({ removals }) => removals),
  };
}

function payloadOf({ temporaryRequestPayloadPath: uri }: PrepareBatchDataSyncRequest) {
  return uri === undefined ? [] : documentOf('/temporary_request_payload_path', uri);
}

function documentOf(pointer: string, uri: string) {
  const value: Location | undefined = tryParseLocation(uri);
  return value === undefined ? [] : [{ pointer, value }];
}

function withDefaultDeletes(value: unknown, rules: DemandRules): unknown {
  if (!isJsonObject(value) || !Array.isArray(value.requests)) return withDefaultDelete(value, rules);
  return { ...value, requests: value.requests.map((each) => withDefaultDelete(each, rules)) };
}

function withDefaultDelete(value: unknown, rules: DemandRules): unknown {
  if (!isJsonObject(value) || (value.delete ?? undefined) !== undefined) return value;
  const given = value.destinationPath ?? value.destination_path;
  const destination = typeof given === 'string' ? tryParseLocation(given) : undefined;
  return destination === undefined || mayRemoveFrom(destination, rules) ? value : { ...value, delete: false };
}
