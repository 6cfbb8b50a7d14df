/** Finds in the history of an ended data-sync execution what it may have left behind. */
import * as v from 'valibot';
import type { DataSyncState } from '../machines/states';
import type { EpochMs } from '../units';
import { integer, listOf, model, readModel } from '../wire/schema';
import type { HistoryEvent } from './events';
import { ExecutionModel } from './execution';

export interface TransferLeftovers {
  /** The DataSyncRequest, on the wire, that AWS DataSync was asked for. */
  readonly task?: unknown;
  /** Batches on the wire that may have begun uploads in parts. */
  readonly batches?: readonly unknown[];
  /** Index of the function that carries out the plan: src/efs/function-routing.ts. */
  readonly index: number;
  /** The time until which called functions may go on; 0 when all have ended. */
  readonly callsOverAt: EpochMs;
}

export const TRANSFER_LANDMARKS = {
  task: 'StartDataSyncTask',
  batches: 'SyncBatches',
} as const satisfies Record<string, DataSyncState>;

const route = model({ index: integer(0) });
const taskSchema = model({ plan: model({ finishRequest: v.unknown(), route }) });
const batchesSchema = model({ plan: model({ batches: listOf(v.unknown()), route }) });

/** The last entry of each state counts: a transfer that DataSync cannot do is planned anew. */
export async function findTransferLeftovers(
  history: AsyncIterable<HistoryEvent>,
): Promise<TransferLeftovers> {
  const execution = new ExecutionModel();
  let found: Omit<TransferLeftovers, 'callsOverAt'> = { index: 0 };
  for await (const event of history) {
    execution.see(event);
    if (event.type !== 'StateEntered') continue;
    const { input = '{}' } = event;
    if (event.state === TRANSFER_LANDMARKS.task) {
      const { plan } = readModel(taskSchema, JSON.parse(input));
      found = { ...found, task: plan.finishRequest, index: plan.route.index };
    }
    if (event.state === TRANSFER_LANDMARKS.batches) {
      const { plan } = readModel(batchesSchema, JSON.parse(input));
      found = { ...found, batches: plan.batches, index: plan.route.index };
    }
  }
  return { ...found, callsOverAt: execution.callsOverAt };
}
