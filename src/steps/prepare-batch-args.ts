import { type BatchWorld, prepareBatchArgs as prepare } from '../batch/prepare';
import { batchCreateRequestSchema } from '../batch/request';
import { isJsonObject } from '../wire/json';
import { readModel } from '../wire/schema';

/**
 * Contract, "Batch create": the `batch_create_request` in, by itself or under that name, what `batch:submitJob` takes
 * out.
 *
 * @throws DemandValidationError, ImageNotFound
 */
export async function prepareBatchArgs(event: unknown, world: BatchWorld) {
  const isNamed = isJsonObject(event) && 'batch_create_request' in event;
  return prepare(readModel(batchCreateRequestSchema, isNamed ? event.batch_create_request : event), world);
}
