/** Formats durations, up to days, and amounts of data. */
import type { TransferTotals } from '../../src/history/transfers';
import { formatBytes, formatFiles, formatSeconds } from '../format';

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** Returns `1.25 s`, `3 m 05 s`, `2 h 03 m` or `1 d 02 h`. */
export function formatDuration(milliseconds: number): string {
  const passed = Math.max(0, milliseconds);
  if (passed < 60_000) return formatSeconds(passed);
  const seconds = Math.floor(passed / 1000);
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  const [unit, size] = UNITS[first] ?? UNITS[0];
  const [lesser, lesserSize] = UNITS[first + 1] ?? UNITS[3];
  const rest = Math.floor((seconds % size) / lesserSize);
  return `${Math.floor(seconds / size)} ${unit} ${String(rest).padStart(2, '0')} ${lesser}`;
}

export function formatTransferred({ files, bytes }: TransferTotals): string {
  return `${formatFiles(files)}, ${formatBytes(bytes)}`;
}
