/** Ends what the transfers of an execution that has ended have begun outside of it, as their machine would have. */
import type { CallTime } from '../../clock';
import type { RoutingSettings } from '../../efs/function-routing';
import { JobStillRunning } from '../../errors';
import { findTransferLeftovers, type TransferLeftovers } from '../../history/transfer-leftovers';
import { integer, model, readModel, text } from '../../wire/schema';
import { type CleanUpEndWorld, readToTheEnd } from './end-state';
import { TASK_RESERVE_MS } from './waits';

export interface CleanUpTransfersWorld extends CleanUpEndWorld {
  readonly transfers: TransferFunctions;
  readonly settings: RoutingSettings;
  readonly time: CallTime;
}

/** The functions of the data-sync machine that have the same file system: they may do what no other function may. */
interface TransferFunctions {
  dataSyncTask(event: unknown): Promise<unknown>;
  dataSync(event: unknown): Promise<unknown>;
}

const answerSchema = model({ status: text(), waitSeconds: integer() });

/** Of nested executions that did not succeed, by ARN. */
export async function unfinishedTransfers(
  children: readonly string[],
  world: CleanUpEndWorld,
): Promise<ReadonlyMap<string, TransferLeftovers>> {
  const found = new Map<string, TransferLeftovers>();
  for (const child of children)
    if ((await world.executions.describe(child)).status !== 'SUCCEEDED')
      found.set(child, await readToTheEnd(child, findTransferLeftovers, world));
  return found;
}

/** Those of another file system's function are its own to clean up. */
function ownOf(
  transfers: ReadonlyMap<string, TransferLeftovers>,
  { settings: { routing } }: CleanUpTransfersWorld,
) {
  return [...transfers].filter(([, { index }]) => index === routing.index);
}

/** @throws JobStillRunning when AWS DataSync has not stopped in the time of this call */
export async function endDataSyncTasks(
  transfers: ReadonlyMap<string, TransferLeftovers>,
  world: CleanUpTransfersWorld,
): Promise<void> {
  for (const [execution, { task }] of ownOf(transfers, world))
    if (task !== undefined) await endDataSyncTask(task, execution, world);
}

async function endDataSyncTask(request: unknown, execution: string, world: CleanUpTransfersWorld) {
  for (let waited = 0; ; ) {
    const event = { clean_up: { data_sync_request: request, execution, wait_seconds: waited } };
    const answer = readModel(answerSchema, await world.transfers.dataSyncTask(event));
    if (answer.status !== 'INCOMPLETE') return;
    waited = answer.waitSeconds;
    if (world.time.remainingMs() < TASK_RESERVE_MS + waited * 1_000)
      throw new JobStillRunning(
        `AWS DataSync was told to stop the transfer of ${execution} and has not yet, so nothing was removed from ` +
          'under it. Send the event again once it has ended',
      );
    await world.clock.wait(waited * 1_000);
  }
}

/** Parts of large objects would be billed until somebody ends their uploads. */
export async function abandonBatches(
  transfers: ReadonlyMap<string, TransferLeftovers>,
  world: CleanUpTransfersWorld,
): Promise<void> {
  for (const [, { batches }] of ownOf(transfers, world))
    if (batches !== undefined) await world.transfers.dataSync({ abandoned_batches: batches });
}
