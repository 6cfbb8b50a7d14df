/** What a nested execution of the data-sync machine may have left behind, read off its history. */
import * as v from 'valibot';
import type { DataSyncState } from '../machines/states';
import { integer, listOf, model, readModel } from '../wire/schema';
import { Calls } from './calls';
import type { ExecutionEvent } from './executions';

export interface TransferRemains {
  /** What AWS DataSync was asked to copy: a DataSyncRequest on the wire. */
  readonly task?: unknown;
  /** Batches on the wire that may have begun uploads in parts. */
  readonly batches?: readonly unknown[];
  /** Of the functions that the plan was left to: src/efs/function-routing.ts. */
  readonly index: number;
  /** Milliseconds since 1970 until which functions that were called may go on; 0 when all have ended. */
  readonly callsOverAt: number;
}

export const TRANSFER_LANDMARKS = {
  task: 'StartDataSyncTask',
  batches: 'SyncBatches',
} as const satisfies Record<string, DataSyncState>;

const route = model({ index: integer(0) });
const taskSchema = model({ plan: model({ finishRequest: v.unknown(), route }) });
const batchesSchema = model({ plan: model({ batches: listOf(v.unknown()), route }) });

/** The last entry of each counts, since a transfer that DataSync cannot do is planned anew. */
export async function findTransferRemains(history: AsyncIterable<ExecutionEvent>): Promise<TransferRemains> {
  let remains: Omit<TransferRemains, 'callsOverAt'> = { index: 0 };
  const calls = new Calls();
  for await (const event of history) {
    calls.see(event);
    if (event.type !== 'entered') continue;
    if (event.state === TRANSFER_LANDMARKS.task) {
      const { plan } = readModel(taskSchema, JSON.parse(event.input));
      remains = { ...remains, task: plan.finishRequest, index: plan.route.index };
    }
    if (event.state === TRANSFER_LANDMARKS.batches) {
      const { plan } = readModel(batchesSchema, JSON.parse(event.input));
      remains = { ...remains, batches: plan.batches, index: plan.route.index };
    }
  }
  return { ...remains, callsOverAt: calls.overAt };
}
