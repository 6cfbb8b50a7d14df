/**
 * Documents that are too large for a state go to S3, and the state holds their location.
 */
import { createHash } from 'node:crypto';
import { type HISTORY_EVENTS, STATE_BYTES } from '../aws-limits';
import { canonicalJson } from '../wire/canonical';
import { isJsonObject } from '../wire/json';
import type { ScaffoldingResponse } from './context';

/** Bytes that a request or an answer may fill of a state: 240,000. A task adds its metadata, and later states add fields. */
export const USABLE_STATE_BYTES = STATE_BYTES - 22_144;
/** Items of a Map. Each is some ten events of the history, so a Map of so many items stays far below {@link HISTORY_EVENTS}. */
export const MOST_ITEMS = 40;
/** A list that is no larger stays where it is, beside what else has to find room. */
const LIST_BYTES = 40_000;

/** Where large documents are kept while an execution runs. */
export interface Documents {
  /** An s3:// uri without a slash at its end. */
  readonly folder: string;
  readJson(uri: string): Promise<unknown>;
  writeJson(uri: string, document: unknown): Promise<void>;
}

/** Several transfers in the place of one: a list that the step data-sync reads. */
interface TransferGroup {
  /** Where the list is. */
  readonly requests: string;
  /** That as well: the machine repeats both beside the counts. */
  readonly source_path: string;
  readonly destination_path: string;
}

type Setup = ScaffoldingResponse['setup_configs'];
type Cleanup = ScaffoldingResponse['cleanup_configs'];
type SyncRequest = Setup['data_sync_requests'][number] | Cleanup['data_sync_requests'][number];

/** A scaffolding response as the state has it. */
export interface StateResponse {
  /** Left out where there is no room: nothing in the machine asks for it again. */
  readonly demand_execution?: ScaffoldingResponse['demand_execution'];
  readonly setup_configs: Omit<Setup, 'data_sync_requests'> & {
    readonly data_sync_requests: readonly (SyncRequest | TransferGroup)[];
  };
  readonly cleanup_configs: {
    readonly data_sync_requests: readonly (SyncRequest | TransferGroup)[];
    /** Or the uri of that list. */
    readonly remove_data_paths_requests: Cleanup['remove_data_paths_requests'] | string;
  };
}

export interface Outsourced {
  readonly response: StateResponse;
  /** What is to be written, by uri. */
  readonly documents: ReadonlyMap<string, unknown>;
}

/** A request itself; or, where it is too large, the uri of the one that was written. */
export async function writeRequest<T>(request: T, documents: Documents) {
  if (bytesOf(request) <= USABLE_STATE_BYTES) return request;
  // Named by what is in it: a call that is repeated writes the same once more.
  const hash = createHash('sha256').update(canonicalJson(request)).digest('hex');
  const request_uri = `${documents.folder}/requests/${hash}.json`;
  await documents.writeJson(request_uri, request);
  return { request_uri };
}

/** The request that {@link writeRequest} gave, or any other. */
export async function readWrittenRequest(value: unknown, documents: Documents | undefined): Promise<unknown> {
  const uri = isJsonObject(value) && Object.keys(value).length === 1 ? value.request_uri : undefined;
  return documents === undefined || typeof uri !== 'string' ? value : documents.readJson(uri);
}

/** Lists in the place of single transfers, and a reference in that of what is to be removed. */
export function outsource(response: ScaffoldingResponse, folder: string): Outsourced {
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

/** A folder for each execution, which finds its own again when a step is repeated. */
export function executionFolder(execution: string, { folder }: Documents): string {
  const name = execution.split(':').slice(7).join(':') || execution;
  return `${folder}/${encodeURIComponent(name)}`;
}

export function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** In their order, and of one size, give or take one. */
function inGroups(
  requests: readonly SyncRequest[],
  name: string,
  put: (name: string, document: unknown) => string,
): readonly (SyncRequest | TransferGroup)[] {
  if (requests.length <= MOST_ITEMS && bytesOf(requests) <= LIST_BYTES) return requests;
  const count = Math.min(MOST_ITEMS, requests.length);
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * requests.length) / count);
    const to = Math.floor(((index + 1) * requests.length) / count);
    const uri = put(`${name}-${index}`, requests.slice(from, to));
    return { requests: uri, source_path: uri, destination_path: uri };
  });
}
