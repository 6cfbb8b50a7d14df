/** Shared by the benches: bundles as they are deployed, programs that run in turns, medians of their figures. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { pythonEnvironment } from '../local/api/python-environment.ts';

const PROJECT = join(import.meta.dirname, '..');

/** Bundles a program with the options of serverless.yml, so a bench measures the deployed code. */
export async function bundled(entry, name) {
  const yaml = readFileSync(join(PROJECT, 'serverless.yml'), 'utf8');
  const { bundle, minify, target, platform, keepNames, mainFields, alias } = parse(yaml).custom.esbuild;
  const options = { bundle, minify, target, platform, keepNames, mainFields, alias };
  const outfile = join(PROJECT, '.cache', 'bench', `${name}.js`);
  await build({ entryPoints: [entry], outfile, absWorkingDir: PROJECT, ...options });
  return outfile;
}

/** Returns the path of a Python with the original's packages. */
export function originalPython() {
  const requirements = join(PROJECT, 'bench', 'original', 'requirements.txt');
  return pythonEnvironment(requirements, join(PROJECT, '.cache', 'python'));
}

/** Runs a program and returns the figures on the last line of its output. */
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

/** Prints rows as a table. Each column is as wide as its longest value. */
export function printRows(rows) {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines)
    process.stdout.write(`${line.map((cell, column) => cell.padStart(widths[column])).join('  ')}\n`);
}
