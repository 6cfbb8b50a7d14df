/**
 * Ends the transfers of an ended execution: its DataSync tasks and its uploads. The data-sync machine does the same.
 */
import type { CallTime } from '../../clock';
import type { RoutingSettings } from '../../efs/function-routing';
import { JobStillRunning } from '../../errors';
import { findTransferLeftovers, type TransferLeftovers } from '../../history/transfer-leftovers';
import { integer, model, readModel, text } from '../../wire/schema';
import { type CleanUpEndWorld, readWholeHistory } from './end-state';
import { TASK_RESERVE_MS } from './waits';

export interface CleanUpTransfersWorld extends CleanUpEndWorld {
  readonly transfers: TransferFunctions;
  readonly settings: RoutingSettings;
  readonly time: CallTime;
}

/** The functions of the data-sync machine with the same file system. Only their roles have the necessary rights. */
interface TransferFunctions {
  dataSyncTask(event: unknown): Promise<unknown>;
  dataSync(event: unknown): Promise<unknown>;
}

const answerSchema = model({ status: text(), waitSeconds: integer() });

/** Returns the leftovers of the nested executions that did not succeed, by ARN. */
export async function unfinishedTransfers(
  children: readonly string[],
  world: CleanUpEndWorld,
): Promise<ReadonlyMap<string, TransferLeftovers>> {
  const found = new Map<string, TransferLeftovers>();
  for (const child of children)
    if ((await world.executions.describe(child)).status !== 'SUCCEEDED')
      found.set(child, await readWholeHistory(child, findTransferLeftovers, world));
  return found;
}

/**
 * Returns the transfers on the file system of this function. The function of another file system cleans up the others.
 */
function ownOf(
  transfers: ReadonlyMap<string, TransferLeftovers>,
  { settings: { routing } }: CleanUpTransfersWorld,
) {
  return [...transfers].filter(([, { index }]) => index === routing.index);
}

/**
 * Stops the DataSync tasks and removes them.
 *
 * @throws JobStillRunning when a task still stops near the end of this call
 */
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
        `AWS DataSync is stopping the transfer of ${execution} and has not ended it yet, so no file was removed. ` +
          'Send the event again after its end',
      );
    await world.clock.wait(waited * 1_000);
  }
}

/** Ends the uploads of large objects. S3 bills the parts of an upload until its end. */
export async function abandonBatches(
  transfers: ReadonlyMap<string, TransferLeftovers>,
  world: CleanUpTransfersWorld,
): Promise<void> {
  for (const [, { batches }] of ownOf(transfers, world))
    if (batches !== undefined) await world.transfers.dataSync({ abandoned_batches: batches });
}
