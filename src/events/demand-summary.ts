/** What a status event says of the demand itself, of one that may be wrong as well. */
import { readField, readRequest } from '../context/request';
import type { DemandExecution } from '../demand/model';
import { isJsonObject, withoutEmpty } from '../wire/json';
import type { StatusEvent } from './model';

type About = Pick<
  StatusEvent,
  'execution_id' | 'execution_type' | 'user' | 'tags' | 'notify_on' | 'notify_list'
>;

/** @param document a demand or a scaffolding request, as somebody wrote it */
export function aboutDemand(document: unknown): About {
  const { request } = readRequest(document);
  return request === undefined ? rescued(document) : aboutSound(request.demandExecution);
}

function aboutSound({ executionId, executionType, executionMetadata: metadata }: DemandExecution): About {
  return withoutEmpty({
    execution_id: executionId,
    execution_type: executionType,
    user: metadata.user,
    tags: metadata.tags,
    notify_on: metadata.notifyOn,
    notify_list: metadata.notifyList,
  });
}

/** Only what is what it should be: somebody has to hear of the mistake in the rest. */
function rescued(document: unknown): About {
  const demand = readField(document, 'demand_execution') ?? document;
  const metadata = readField(demand, 'execution_metadata');
  const list = readField(metadata, 'notify_list');
  const on = readField(metadata, 'notify_on');
  return withoutEmpty({
    execution_id: text(readField(demand, 'execution_id')),
    execution_type: text(readField(demand, 'execution_type')),
    user: text(readField(metadata, 'user')),
    notify_on: isFlags(on) ? on : undefined,
    notify_list: Array.isArray(list) && list.every((each) => typeof each === 'string') ? list : undefined,
  });
}

function isFlags(value: unknown): value is Record<string, boolean> {
  return isJsonObject(value) && Object.values(value).every((each) => typeof each === 'boolean');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
