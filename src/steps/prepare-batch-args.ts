import { type BatchWorld, prepareBatchArgs as prepare } from '../batch/prepare';
import { batchCreateRequestSchema } from '../batch/request';
import { readModel } from '../wire/schema';

/**
 * Contract, "Batch create": the `batch_create_request` in, what `batch:submitJob` takes out.
 *
 * @throws DemandValidationError, ImageNotFound
 */
export async function prepareBatchArgs(event: unknown, world: BatchWorld) {
  return prepare(readModel(batchCreateRequestSchema, event), world);
}
