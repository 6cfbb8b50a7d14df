/** The table of a fault matrix. */
import type { Expected } from './expected';
import type { Held } from './left';
import type { Ended } from './world';

export interface Row {
  readonly state: string;
  readonly succeeded: number;
  readonly failed: number;
  /** Bytes that are neither in S3 nor in the working directory. */
  readonly bytesLost: number;
  /** Directories that should be gone, running jobs, held leases, records of readers, half-written files. */
  readonly thingsLeft: number;
  /** Directories that stay because of the fault: with results that are not stored, or for the clean-up and the sweeper. */
  readonly kept: number;
}

const OUTPUT_BYTES = 5;

export function rowOf(
  { state, ofOutput = false }: { readonly state: string; readonly ofOutput?: boolean },
  expected: Expected,
  ended: Ended & Held,
): Row {
  const { outcome, entered, hasDirectory, runningJobs, readers, claims, halfWritten } = ended;
  const isKnown = [ended.stored, ended.inDirectory].some((content) => content?.length === OUTPUT_BYTES);
  const hasResult = entered.includes('StoreOutputs') && expected.error !== 'DataSourceMissing';
  const mayStay = expected.directory !== false;
  const readersLeft = expected.readers === false ? readers.length : 0;
  return {
    state: ofOutput ? `${state} of an output` : state,
    succeeded: outcome.status === 'SUCCEEDED' ? 1 : 0,
    failed: outcome.status === 'FAILED' ? 1 : 0,
    bytesLost: (hasResult && !isKnown ? OUTPUT_BYTES : 0) + (ended.isInputWhole ? 0 : OUTPUT_BYTES),
    thingsLeft:
      Number(hasDirectory && !mayStay) + runningJobs + readersLeft + claims.length + halfWritten.length,
    kept: Number(hasDirectory && mayStay),
  };
}

/** Prints a line for each state, and the sums. */
export function printTable(title: string, rows: readonly Row[]): void {
  const states = [...new Set(rows.map(({ state }) => state))];
  const lines = [...states, undefined].map((state) => {
    const own = rows.filter((row) => state === undefined || row.state === state);
    const sum = (field: Exclude<keyof Row, 'state'>) => own.reduce((total, row) => total + row[field], 0);
    const cells = [
      own.length,
      sum('succeeded'),
      sum('failed'),
      sum('bytesLost'),
      sum('thingsLeft'),
      sum('kept'),
    ];
    return `${(state ?? 'all').padEnd(36)}${cells.map((cell) => String(cell).padStart(11)).join('')}`;
  });
  const head = ['cases', 'succeeded', 'failed', 'bytes lost', 'left', 'kept']
    .map((cell) => cell.padStart(11))
    .join('');
  process.stdout.write(`\n${title.padEnd(36)}${head}\n${lines.join('\n')}\n`);
}
