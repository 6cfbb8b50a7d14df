/** The world of the steps that transfer data, and the form of their results. */
import * as v from 'valibot';
import type { RoutingSettings } from '../efs/function-routing';
import type { RuleSettings } from '../rules/model';
import { readTransfersOfDocument } from '../rules/transfers';
import type { Readers } from '../transfer/lease/readers';
import type { BatchDataSyncRequest, DataSyncRequest } from '../transfer/request';
import type { SourceLimits } from '../transfer/source';
import type { SyncOutcome, SyncProgress, SyncWorld, TransferSettings } from '../transfer/transfer';
import { integer, model } from '../wire/schema';

interface DataSyncStepSettings extends TransferSettings, RoutingSettings, RuleSettings {
  /** A larger transfer is too large for one call. */
  readonly inlineLimits: SourceLimits;
}

export interface DataSyncWorld extends Omit<SyncWorld, 'report'> {
  /** Reads the JSON document at an s3:// URI. */
  readonly readJson: (uri: string) => Promise<unknown>;
  /** Required for an event with `reader`. */
  readonly readers?: Readers;
  readonly settings: DataSyncStepSettings;
  /** Gets the progress of one transfer. */
  report(request: DataSyncRequest, progress: SyncProgress): void;
}

const count = v.optional(integer(), 0);
export const resultSchema = model({ bytesTransferred: count, filesTransferred: count });
export type Result = v.InferOutput<typeof resultSchema>;
export const NOTHING_TRANSFERRED: Result = { bytesTransferred: 0, filesTransferred: 0 };

export async function requestsOf({ requests }: BatchDataSyncRequest, world: DataSyncWorld) {
  if (typeof requests !== 'string') return requests;
  return readTransfersOfDocument(await world.readJson(requests), world.settings.rules);
}

export function worldOf(request: DataSyncRequest, world: DataSyncWorld): SyncWorld {
  return { ...world, report: (progress) => world.report(request, progress) };
}

export function toResult({ bytesTransferred, filesTransferred }: SyncOutcome): Result {
  return { bytesTransferred, filesTransferred };
}

export function addResults(one: Result, other: Result): Result {
  return {
    bytesTransferred: one.bytesTransferred + other.bytesTransferred,
    filesTransferred: one.filesTransferred + other.filesTransferred,
  };
}
