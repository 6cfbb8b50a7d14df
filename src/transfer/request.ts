/** The requests of the transfer Lambdas: one schema each, with the defaults. */
import * as v from 'valibot';
import { type Problem, refuseIfAny } from '../errors';
import { isJsonObject, pointerOf } from '../wire/json';
import { flag, integer, listOf, listOr, model, optional, readModel, text, writeModel } from '../wire/schema';
import type { Wire } from '../wire/types';
import { filtersSchema, findFilterProblems } from './filters';
import { keyRangeSchema } from './keys';
import { location, s3Uri } from './location-schema';

/** 250 GiB. */
export const DEFAULT_BATCH_SIZE_BYTES = 250 * 1024 ** 3;

const byteRangeSchema = model({
  from: integer(),
  /** Exclusive. */
  to: integer(),
  /** Bytes of the whole file when it was planned. A file of another size is not mixed with it. */
  size: integer(),
  /** The version of the file when it was planned, see {@link StoredFile}. */
  version: optional(text()),
  /** Id of the assembly. The calls find their common file by it, see {@link Assembler}. */
  assembly: text(),
});

/** `lambda`: our own functions; `datasync`: the AWS service of that name. */
const ENGINES = ['lambda', 'datasync'] as const;

const DATA_SYNC = {
  sourcePath: location(),
  destinationPath: location(),
  /** Answers repeat it for callers of the original. Nothing reads it. */
  sourcePathPrefix: optional(text()),
  filterConfig: optional(filtersSchema),
  /** Filters see paths relative to this location. By default it is the source itself. */
  filterRoot: optional(location()),
  maxConcurrency: v.optional(integer(1), 25),
  retainSourceData: v.optional(flag(), true),
  /** The destination mirrors the filtered source: every other file there is removed. */
  delete: v.optional(flag(), true),
  requireLock: v.optional(flag(), false),
  /** Copies also the files that the destination already has. */
  force: v.optional(flag(), false),
  /** Files of the same size count as the same file. */
  sizeOnly: v.optional(flag(), false),
  failIfMissing: v.optional(flag(), true),
  includeDetailedResponse: v.optional(flag(), false),
  remoteToLocalConfig: v.optional(
    model({ useCustomTmpDir: v.optional(flag(), false), customTmpDir: optional(text()) }),
    {},
  ),
  /** Ours: locations of other outputs. A mirror leaves the files there alone. */
  keepPaths: optional(listOf(location())),
  /** Ours: only these keys of a source folder. A mirror removes files of the same range only. */
  keyRange: optional(keyRangeSchema),
  /** Ours: only these bytes of a source file. */
  byteRange: optional(byteRangeSchema),
  /** Ours: the {@link SourceState} at the start of the copy. A source in another state is not removed. */
  sourceState: optional(text()),
  /**
   * Ours: an earlier execution may have moved the source. A missing source, or one without an accepted file, is then no
   * error if the destination exists.
   */
  mayBeMoved: optional(flag()),
  /** Ours: the engine of the data-sync state machine. A rule chooses it by default ({@link chooseEngine}). */
  engine: optional(v.picklist(ENGINES, '"lambda" or "datasync"')),
};

/** A request to make the destination hold the files of the source. */
export const dataSyncRequestSchema = model(DATA_SYNC);

export const batchDataSyncRequestSchema = model({
  /** The requests, or the s3:// uri of a JSON list of them. */
  requests: listOr(dataSyncRequestSchema, s3Uri('a list of requests, or the s3:// uri of one')),
  allowPartialFailure: v.optional(flag(), false),
});

export const prepareBatchDataSyncRequestSchema = model({
  ...DATA_SYNC,
  /** Bytes; absent or 0 means {@link DEFAULT_BATCH_SIZE_BYTES}. */
  batchSizeBytesLimit: optional(integer()),
  /** An s3:// folder for the lists of the batches. */
  temporaryRequestPayloadPath: optional(s3Uri()),
});

export const removeDataPathsRequestSchema = model({ paths: v.optional(listOf(location()), []) });

export type DataSyncRequest = v.InferOutput<typeof dataSyncRequestSchema>;
export type WrittenDataSyncRequest = Wire<typeof dataSyncRequestSchema>;
/** The bytes that one call copies of a large file. Several calls copy the file. */
export type ByteRange = v.InferOutput<typeof byteRangeSchema>;
export type Engine = (typeof ENGINES)[number];
export type BatchDataSyncRequest = v.InferOutput<typeof batchDataSyncRequestSchema>;
export type PrepareBatchDataSyncRequest = v.InferOutput<typeof prepareBatchDataSyncRequestSchema>;
export type RemoveDataPathsRequest = v.InferOutput<typeof removeDataPathsRequestSchema>;

/** @throws DemandValidationError naming every mistake, also mistakes in the filters */
export function readDataSyncRequest(value: unknown, at: readonly string[] = []): DataSyncRequest {
  const request = readModel(dataSyncRequestSchema, value, at);
  refuseIfAny(filterProblems(request, pointerOf(...at)));
  return request;
}

/** Reads a list of requests: the document that a batch has in S3. @throws DemandValidationError naming every mistake */
export function readDataSyncRequests(value: unknown): readonly DataSyncRequest[] {
  const requests = readModel(listOf(dataSyncRequestSchema), value);
  refuseBadFilters(requests);
  return requests;
}

/**
 * Reads a batch. One flat DataSyncRequest is a batch of one request.
 *
 * @throws DemandValidationError naming every mistake
 */
export function readBatchDataSyncRequest(value: unknown): BatchDataSyncRequest {
  const isFlat = isJsonObject(value) && !Object.hasOwn(value, 'requests');
  if (isFlat) return { requests: [readDataSyncRequest(value)], allowPartialFailure: false };
  const batch = readModel(batchDataSyncRequestSchema, value);
  if (typeof batch.requests !== 'string') refuseBadFilters(batch.requests, '/requests');
  return batch;
}

/** @throws DemandValidationError */
export function readPrepareBatchDataSyncRequest(value: unknown): PrepareBatchDataSyncRequest {
  const request = readModel(prepareBatchDataSyncRequestSchema, value);
  refuseIfAny(filterProblems(request));
  return request;
}

/** @throws DemandValidationError */
export function readRemoveDataPathsRequest(value: unknown): RemoveDataPathsRequest {
  return readModel(removeDataPathsRequestSchema, value);
}

export function writeRemoveDataPathsRequest(request: RemoveDataPathsRequest) {
  return writeModel(removeDataPathsRequestSchema, request);
}

export function writePrepareBatchDataSyncRequest(request: PrepareBatchDataSyncRequest) {
  return writeModel(prepareBatchDataSyncRequestSchema, request);
}

/** Writes the request with all defaults. Absent fields and the two fields of planning are left out. */
export function writeDataSyncRequest(request: DataSyncRequest) {
  return writeModel(dataSyncRequestSchema, request);
}

function refuseBadFilters(requests: readonly DataSyncRequest[], at = ''): void {
  refuseIfAny(requests.flatMap((request, index) => filterProblems(request, `${at}/${index}`)));
}

function filterProblems({ filterConfig = {} }: DataSyncRequest, at = ''): readonly Problem[] {
  return findFilterProblems(filterConfig, `${at}/filter_config`);
}
