/**
 * Documents that are too large for a state go to S3, and the state holds their location.
 */
import { createHash } from 'node:crypto';
import { type HISTORY_EVENTS, STATE_BYTES } from '../aws-limits';
import { canonicalJson } from '../wire/canonical';
import { isJsonObject } from '../wire/json';
import type { ScaffoldingResponse } from './context';

/** Bytes of a request or an answer in a state: 240,000. The rest is for a task's metadata and the fields of later states. */
export const USABLE_STATE_BYTES = STATE_BYTES - 22_144;
/** Items of a Map. One item has about ten events of the history, so a Map of 40 items stays far below {@link HISTORY_EVENTS}. */
export const MAX_ITEMS = 40;
/** Bytes of a list that stays in the state. A larger list goes to S3, to leave space for the other fields. */
const LIST_BYTES = 40_000;

/** The place in S3 for the large documents of an execution. */
export interface Documents {
  /** An s3:// uri without a slash at its end. */
  readonly folder: string;
  readJson(uri: string): Promise<unknown>;
  writeJson(uri: string, document: unknown): Promise<void>;
}

/** A list of transfers in the place of a single transfer. The step data-sync reads the list. */
interface TransferGroup {
  /** The uri of the list. */
  readonly requests: string;
  /** The same uri. The machine repeats both paths beside the counts of the transfer. */
  readonly source_path: string;
  readonly destination_path: string;
}

type Setup = ScaffoldingResponse['setup_configs'];
type Cleanup = ScaffoldingResponse['cleanup_configs'];
type SyncRequest = Setup['data_sync_requests'][number] | Cleanup['data_sync_requests'][number];

/** A scaffolding response in a state of the machine. */
export interface StateResponse {
  /** Absent when the state has no space for it. No later state reads it. */
  readonly demand_execution?: ScaffoldingResponse['demand_execution'];
  readonly setup_configs: Omit<Setup, 'data_sync_requests'> & {
    readonly data_sync_requests: readonly (SyncRequest | TransferGroup)[];
  };
  readonly cleanup_configs: {
    readonly data_sync_requests: readonly (SyncRequest | TransferGroup)[];
    /** The list, or the uri of the list. */
    readonly remove_data_paths_requests: Cleanup['remove_data_paths_requests'] | string;
  };
}

export interface ResponseWithDocuments {
  readonly response: StateResponse;
  /** The documents to write, by uri. */
  readonly documents: ReadonlyMap<string, unknown>;
}

/** Returns the request for a state: the request itself, or for a large one `{request_uri}`, after the request is written there. */
export async function writeRequest<T>(request: T, documents: Documents) {
  if (bytesOf(request) <= USABLE_STATE_BYTES) return request;
  // The name is a hash of the content, so a repeated call writes the same document again.
  const hash = createHash('sha256').update(canonicalJson(request)).digest('hex');
  const request_uri = `${documents.folder}/requests/${hash}.json`;
  await documents.writeJson(request_uri, request);
  return { request_uri };
}

/** Reads the request of a state: the document of a `{request_uri}`, or the value itself. */
export async function readWrittenRequest(value: unknown, documents: Documents | undefined): Promise<unknown> {
  const uri = isJsonObject(value) && Object.keys(value).length === 1 ? value.request_uri : undefined;
  return documents === undefined || typeof uri !== 'string' ? value : documents.readJson(uri);
}

/** Moves the long lists of a response to documents. The response then has groups of transfers, and the uri of the removals. */
export function moveListsToDocuments(response: ScaffoldingResponse, folder: string): ResponseWithDocuments {
  const documents = new Map<string, unknown>();
  const put = (name: string, document: unknown) => {
    const uri = `${folder}/${name}.json`;
    documents.set(uri, document);
    return uri;
  };
  const { setup_configs: setup, cleanup_configs: cleanup } = response;
  const { remove_data_paths_requests: removals } = cleanup;
  return {
    response: {
      setup_configs: { ...setup, data_sync_requests: inGroups(setup.data_sync_requests, 'inputs', put) },
      cleanup_configs: {
        data_sync_requests: inGroups(cleanup.data_sync_requests, 'outputs', put),
        remove_data_paths_requests: bytesOf(removals) > LIST_BYTES ? put('removals', removals) : removals,
      },
    },
    documents,
  };
}

/**
 * Returns the uri of the folder of an execution. A repeated step finds the same folder.
 *
 * @param execution the ARN of the execution
 */
export function executionFolder(execution: string, { folder }: Documents): string {
  const name = execution.split(':').slice(7).join(':') || execution;
  return `${folder}/${encodeURIComponent(name)}`;
}

export function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Splits requests into at most 40 groups, in their order. The sizes of the groups differ by at most one. */
function inGroups(
  requests: readonly SyncRequest[],
  name: string,
  put: (name: string, document: unknown) => string,
): readonly (SyncRequest | TransferGroup)[] {
  if (requests.length <= MAX_ITEMS && bytesOf(requests) <= LIST_BYTES) return requests;
  const count = Math.min(MAX_ITEMS, requests.length);
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * requests.length) / count);
    const to = Math.floor(((index + 1) * requests.length) / count);
    const uri = put(`${name}-${index}`, requests.slice(from, to));
    return { requests: uri, source_path: uri, destination_path: uri };
  });
}
