/** The requests of the transfer Lambdas: read and defaulted in one place, written back in snake_case. */
import * as v from 'valibot';
import { refuseIfAny } from '../errors';
import { isJsonObject, type Json, type JsonObject, withoutEmpty } from '../wire/json';
import { camelCased, flag, integer, listOf, model, optional, readModel, text } from '../wire/schema';
import { type Filters, findFilterProblems } from './filters';
import type { KeyRange } from './keys';
import { isLocation, LOCATION_FORMS } from './location';

/** 250 GiB. */
export const DEFAULT_BATCH_SIZE_BYTES = 250 * 1024 ** 3;

/** Make the destination hold the files of the source. */
export interface DataSyncRequest {
  readonly sourcePath: string;
  readonly destinationPath: string;
  /** Carried along for callers of the original; nothing reads it. */
  readonly sourcePathPrefix?: string;
  readonly filterConfig?: Filters;
  /** What filters see paths relative to; the source itself by default. */
  readonly filterRoot?: string;
  readonly maxConcurrency: number;
  readonly retainSourceData: boolean;
  /** The destination mirrors the filtered source: what else is there is removed. */
  readonly delete: boolean;
  readonly requireLock: boolean;
  /** Copy also what is already there. */
  readonly force: boolean;
  /** Files of the same size are taken to be the same. */
  readonly sizeOnly: boolean;
  readonly failIfMissing: boolean;
  readonly includeDetailedResponse: boolean;
  readonly remoteToLocalConfig: { readonly useCustomTmpDir: boolean; readonly customTmpDir?: string };
  /** Ours: locations of other outputs, which a mirror neither counts as its own nor removes. */
  readonly keepPaths?: readonly string[];
  /** Ours: what copies in the data-sync state machine; by rule where it is absent ({@link chooseEngine}). */
  readonly engine?: Engine;
  /** Ours: of the source, a folder, only these keys. What a mirror would remove lies in the same range. */
  readonly keyRange?: KeyRange;
  /** Ours: of the source, one file, only these bytes. */
  readonly byteRange?: ByteRange;
  /** Ours: of the source as it was when copying began ({@link SourceState}); another one is not removed. */
  readonly sourceState?: string;
}

/** The share that one call has in a file which several calls put together. */
export interface ByteRange {
  readonly from: number;
  /** Not in it. */
  readonly to: number;
  /** Of the whole file as it was planned, in bytes: another one is not mixed with it. */
  readonly size: number;
  /** Of the file as it was planned, see {@link StoredFile}. */
  readonly version?: string;
  /** What the calls find it by, see {@link Assembler}. */
  readonly assembly: string;
}

/** `lambda`: our own functions; `datasync`: the AWS service of that name. */
const ENGINES = ['lambda', 'datasync'] as const;
export type Engine = (typeof ENGINES)[number];

export interface BatchDataSyncRequest {
  /** The requests, or the s3:// uri of a JSON list of them. */
  readonly requests: readonly DataSyncRequest[] | string;
  readonly allowPartialFailure: boolean;
}

export interface PrepareBatchDataSyncRequest extends DataSyncRequest {
  /** Bytes; absent or 0 means {@link DEFAULT_BATCH_SIZE_BYTES}. */
  readonly batchSizeBytesLimit?: number;
  /** An s3:// folder for the lists of the batches. */
  readonly temporaryRequestPayloadPath?: string;
}

export interface RemoveDataPathsRequest {
  readonly paths: readonly string[];
}

const location = v.pipe(text(), v.check(isLocation, LOCATION_FORMS));
const s3Location = v.pipe(
  text(),
  v.check((given) => given.startsWith('s3://') && isLocation(given), 'an s3:// uri'),
);
const patterns = optional(v.union([text(), listOf(text())], 'a regular expression or a list of them'));

const keyRange = camelCased(model({ after: optional(text()), up_to: optional(text()) }));
const byteRange = camelCased(
  model({
    from: integer(),
    to: integer(),
    size: integer(),
    version: optional(text()),
    assembly: text(),
  }),
);

const DATA_SYNC = {
  source_path: location,
  destination_path: location,
  source_path_prefix: optional(text()),
  filter_config: optional(camelCased(model({ include: patterns, exclude: patterns }))),
  filter_root: optional(location),
  max_concurrency: v.optional(integer(1), 25),
  retain_source_data: v.optional(flag(), true),
  delete: v.optional(flag(), true),
  require_lock: v.optional(flag(), false),
  force: v.optional(flag(), false),
  size_only: v.optional(flag(), false),
  fail_if_missing: v.optional(flag(), true),
  include_detailed_response: v.optional(flag(), false),
  remote_to_local_config: v.optional(
    camelCased(model({ use_custom_tmp_dir: v.optional(flag(), false), custom_tmp_dir: optional(text()) })),
    {},
  ),
  keep_paths: optional(listOf(location)),
  key_range: optional(keyRange),
  byte_range: optional(byteRange),
  source_state: optional(text()),
  engine: optional(v.picklist(ENGINES, '"lambda" or "datasync"')),
};

export const dataSyncRequestSchema = camelCased(model(DATA_SYNC));

export const batchDataSyncRequestSchema = model({
  requests: v.union([s3Location, listOf(v.unknown())], 'a list of requests, or the s3:// uri of one'),
  allow_partial_failure: v.optional(flag(), false),
});

export const prepareBatchDataSyncRequestSchema = camelCased(
  model({
    ...DATA_SYNC,
    batch_size_bytes_limit: optional(integer()),
    temporary_request_payload_path: optional(s3Location),
  }),
);

export const removeDataPathsRequestSchema = model({ paths: v.optional(listOf(location), []) });

/** @throws DemandValidationError naming every mistake, also in the filters */
export function readDataSyncRequest(value: unknown, at: readonly string[] = []): DataSyncRequest {
  const request: DataSyncRequest = readModel(dataSyncRequestSchema, value, at);
  refuseBadFilters(request, at);
  return request;
}

/** A list of requests, such as a batch keeps in S3. @throws DemandValidationError */
export function readDataSyncRequests(value: unknown): readonly DataSyncRequest[] {
  return readModel(listOf(v.unknown()), value).map((item, index) =>
    readDataSyncRequest(item, [String(index)]),
  );
}

/** Takes one flat DataSyncRequest for a batch of one. @throws DemandValidationError */
export function readBatchDataSyncRequest(value: unknown): BatchDataSyncRequest {
  const isFlat = isJsonObject(value) && !Object.hasOwn(value, 'requests');
  if (isFlat) return { requests: [readDataSyncRequest(value)], allowPartialFailure: false };
  const { requests, allow_partial_failure: allowPartialFailure } = readModel(
    batchDataSyncRequestSchema,
    value,
  );
  if (typeof requests === 'string') return { requests, allowPartialFailure };
  const read = requests.map((item, index) => readDataSyncRequest(item, ['requests', String(index)]));
  return { requests: read, allowPartialFailure };
}

/** @throws DemandValidationError */
export function readPrepareBatchDataSyncRequest(value: unknown): PrepareBatchDataSyncRequest {
  const request: PrepareBatchDataSyncRequest = readModel(prepareBatchDataSyncRequestSchema, value);
  refuseBadFilters(request, []);
  return request;
}

/** @throws DemandValidationError */
export function readRemoveDataPathsRequest(value: unknown): RemoveDataPathsRequest {
  return readModel(removeDataPathsRequestSchema, value);
}

/** The request as the wire has it: every field with its default, without those that have no value. */
export function writeDataSyncRequest(request: DataSyncRequest): JsonObject {
  return withoutEmpty({
    source_path: request.sourcePath,
    destination_path: request.destinationPath,
    source_path_prefix: request.sourcePathPrefix,
    filter_config: request.filterConfig && withoutEmpty({ ...request.filterConfig }),
    filter_root: request.filterRoot,
    max_concurrency: request.maxConcurrency,
    retain_source_data: request.retainSourceData,
    delete: request.delete,
    require_lock: request.requireLock,
    force: request.force,
    size_only: request.sizeOnly,
    fail_if_missing: request.failIfMissing,
    include_detailed_response: request.includeDetailedResponse,
    remote_to_local_config: withoutEmpty({
      use_custom_tmp_dir: request.remoteToLocalConfig.useCustomTmpDir,
      custom_tmp_dir: request.remoteToLocalConfig.customTmpDir,
    }),
    keep_paths: request.keepPaths,
    key_range:
      request.keyRange && withoutEmpty({ after: request.keyRange.after, up_to: request.keyRange.upTo }),
    byte_range: request.byteRange && withoutEmpty({ ...request.byteRange }),
    source_state: request.sourceState,
    engine: request.engine,
  }) satisfies { [key: string]: Json };
}

function refuseBadFilters(request: DataSyncRequest, at: readonly string[]): void {
  const pointer = ['', ...at, 'filter_config'].join('/');
  refuseIfAny(findFilterProblems(request.filterConfig ?? {}, pointer));
}
