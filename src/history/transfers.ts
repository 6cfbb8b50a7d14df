/** Reads off a history how much an execution has transferred. */
import type { DemandState } from '../machines/states';
import { isJsonObject } from '../wire/json';
import type { HistoryEvent } from './events';

export type TransferDirection = 'input' | 'output';

export interface TransferTotals {
  readonly files: number;
  readonly bytes: number;
}

export interface DoneTransfer extends TransferTotals {
  readonly direction: TransferDirection;
  /** The iteration of the Map, from 0. */
  readonly index: number;
}

/** The last state of each iteration. Its output has the result of the transfer. */
const LAST_STATES: Readonly<Partial<Record<string, TransferDirection>>> = {
  InputStaged: 'input',
  OutputStored: 'output',
} satisfies Partial<Record<DemandState, TransferDirection>>;

/** @returns undefined for an event that ends no transfer */
export function doneTransfer(event: HistoryEvent): DoneTransfer | undefined {
  if (event.type !== 'StateExited' || event.index === undefined || event.output === undefined)
    return undefined;
  const direction = LAST_STATES[event.state];
  const totals = direction === undefined ? undefined : transferTotals(parse(event.output));
  return direction && totals && { direction, index: event.index, ...totals };
}

/** @param item `{result: {files_transferred, bytes_transferred}}`, an item of the machine's state */
export function transferTotals(item: unknown): TransferTotals | undefined {
  const { result } = isJsonObject(item) ? item : {};
  const { files_transferred: files, bytes_transferred: bytes } = isJsonObject(result) ? result : {};
  return typeof files === 'number' && typeof bytes === 'number' ? { files, bytes } : undefined;
}

export function sumOfTransfers(all: readonly TransferTotals[]): TransferTotals {
  return {
    files: all.reduce((sum, { files }) => sum + files, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
