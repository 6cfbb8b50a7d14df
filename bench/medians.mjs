/** What the benches share: programs run one after another, and the medians of what they print. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The figures of the last line that a program prints. */
export async function figuresOf(program, args, options = {}) {
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 1024 ** 3, ...options });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

export function medians(figures) {
  return Object.fromEntries(
    Object.keys(figures[0]).map((name) => {
      const sorted = figures.map((figure) => figure[name]).sort((one, other) => one - other);
      return [name, sorted[Math.floor(sorted.length / 2)]];
    }),
  );
}

export function short(value) {
  return Number(value.toPrecision(3));
}

/** Columns as wide as what is in them. */
export function printRows(rows) {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines)
    process.stdout.write(`${line.map((cell, column) => cell.padStart(widths[column])).join('  ')}\n`);
}
