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
}

export const START: CursorPosition = { index: 0 };

/**
 * Reads a cursor; `''` is the start.
 *
 * @throws DemandValidationError for a text that {@link writeCursor} did not write
 */
export function readCursor(cursor: string): CursorPosition {
  if (cursor === '') return START;
  const [index, key, assembly, sourceState] = parse(cursor);
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
  };
}

/** Writes a position as JSON: `[index, key, assembly, sourceState]`, without null values at the end. */
export function writeCursor({ index, key, assembly, sourceState }: CursorPosition): string {
  if (sourceState !== undefined) return JSON.stringify([index, key ?? null, assembly ?? null, sourceState]);
  if (index === 0 && key === undefined && assembly === undefined) return '';
  return JSON.stringify([index, key ?? null, ...(assembly === undefined ? [] : [assembly])]);
}

function parse(cursor: string): readonly unknown[] {
  try {
    const read: unknown = JSON.parse(cursor);
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}
