import { type BatchWorld, prepareBatchArgs as prepare } from '../batch/prepare';
import { batchCreateRequestSchema } from '../batch/request';
import { isJsonObject } from '../wire/json';
import { readModel } from '../wire/schema';

/**
 * Prepares the arguments of `batch:submitJob`, see {@link prepare}. The event is the contract's batch create request,
 * or an object with it in the field `batch_create_request`.
 *
 * @throws DemandValidationError, ImageNotFound, JobQueueNotFound; nothing was registered then
 */
export async function prepareBatchArgs(event: unknown, world: BatchWorld) {
  const isNamed = isJsonObject(event) && 'batch_create_request' in event;
  return prepare(readModel(batchCreateRequestSchema, isNamed ? event.batch_create_request : event), world);
}
