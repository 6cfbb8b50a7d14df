/** The summary of a demand in a status event. An invalid demand has a summary, too. */
import { readField, readRequest } from '../context/request';
import type { DemandExecution } from '../demand/model';
import { visible } from '../visible';
import { isJsonObject, withoutEmpty } from '../wire/json';
import { shorten } from '../wire/problems';
import type { StatusEvent } from './model';

type DemandSummary = Pick<
  StatusEvent,
  'execution_id' | 'execution_type' | 'user' | 'tags' | 'notify_on' | 'notify_list'
>;

/** Characters of a text about a refused demand. An execution_id has at most 255 bytes. */
const MOST_CHARACTERS = 1_000;

/** @param document a demand or a scaffolding request, as its author wrote it */
export function demandSummary(document: unknown): DemandSummary {
  const { request } = readRequest(document);
  return request === undefined ? partialSummary(document) : validSummary(request.demandExecution);
}

/**
 * Returns the summary of a refused demand. Its texts may be anything, so their hidden characters are shown, and a long text
 * is cut.
 *
 * @param document a demand or a scaffolding request, as its author wrote it
 */
export function refusedSummary(document: unknown): DemandSummary {
  const { execution_id, execution_type, user, ...rest } = demandSummary(document);
  const shown = (given: string | undefined) => given && shorten(visible(given), MOST_CHARACTERS);
  return {
    ...withoutEmpty({
      execution_id: shown(execution_id),
      execution_type: shown(execution_type),
      user: shown(user),
    }),
    ...rest,
  };
}

function validSummary({
  executionId,
  executionType,
  executionMetadata: metadata,
}: DemandExecution): DemandSummary {
  return withoutEmpty({
    execution_id: executionId,
    execution_type: executionType,
    user: metadata.user,
    tags: metadata.tags,
    notify_on: metadata.notifyOn,
    notify_list: metadata.notifyList,
  });
}

/** Returns the valid fields of an invalid demand: the event about its mistakes must reach the people that it names. */
function partialSummary(document: unknown): DemandSummary {
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
