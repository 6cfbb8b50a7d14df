/** The cursor of the state machines: the position in a list of transfers at which the next call continues. */
import { DemandValidationError } from '../errors';

export interface CursorPosition {
  /** Index of the current request. */
  readonly index: number;
  /** Last key, in byte order, up to which all files of the request are done. */
  readonly key?: string;
  /**
   * Set after a call without progress: several calls assemble the next file. `''` before the assembly begins, then
   * `<state of the file> <id of the assembly>`.
   */
  readonly assembly?: string;
  /** State of the source at the first call of a move. */
  readonly sourceState?: string;
  /**
   * States of the sources of copied moves: the requests just before `index`. The next call removes these sources first. A
   * source that is not there any more was removed by a call whose answer was lost. `''` stands for a request that is no
   * move.
   */
  readonly removing?: readonly string[];
}

export const START: CursorPosition = { index: 0 };

/**
 * Reads a cursor; `''` is the start.
 *
 * @throws DemandValidationError for a text that {@link writeCursor} did not write
 */
export function readCursor(cursor: string): CursorPosition {
  if (cursor === '') return START;
  const [index, key, assembly, sourceState, removing] = parse(cursor);
  if (!Number.isSafeInteger(index))
    throw new DemandValidationError([
      {
        pointer: '/cursor',
        message: 'the value is not a cursor of this function',
        remedy: 'Give the cursor of the last answer, or "" in the first call',
      },
    ]);
  return {
    index: index as number,
    ...(typeof key === 'string' && { key }),
    ...(typeof assembly === 'string' && { assembly }),
    ...(typeof sourceState === 'string' && { sourceState }),
    ...(Array.isArray(removing) && { removing: removing.map(String) }),
  };
}

/** Writes a position as JSON: `[index, key, assembly, sourceState, removing]`, without absent values at the end. */
export function writeCursor({ index, key, assembly, sourceState, removing }: CursorPosition): string {
  const values = [assembly, sourceState, removing];
  const last = values.findLastIndex((value) => value !== undefined);
  if (index === 0 && key === undefined && last < 0) return '';
  return JSON.stringify([index, key ?? null, ...values.slice(0, last + 1).map((value) => value ?? null)]);
}

function parse(cursor: string): readonly unknown[] {
  try {
    const read: unknown = JSON.parse(cursor);
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}
