/**
 * Removal of a folder, against `rm -rf` and the original: `npm run bench:remove -- [--original] [--json]`.
 *
 * Each removes the same tree, made anew before, in turns; figures are medians.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundled, figuresOf, medians, originalPython, printRows, short } from '../shared.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const PROJECT = join(HERE, '..', '..');
const FILES = 50_000;
const SHAPES = { 'one folder': 1, '500 folders': 500 };
const TURNS = 3;

const { values: options } = parseArgs({
  options: { original: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});

const bundle = await bundled(join(HERE, 'ours.ts'), 'remove');
// Not in /tmp, which may be memory.
const folder = mkdtempSync(join(PROJECT, '.cache', 'bench', 'remove-'));
const ways = { ours: removeOurs, 'rm -rf': removeByCommand };
if (options.original) ways.original = removeByOriginal;

try {
  const rows = [];
  for (const [shape, folders] of Object.entries(SHAPES)) rows.push(await measure(shape, folders));
  if (!options.json) printRows(rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(shape, folders) {
  const runs = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (let turn = 0; turn < TURNS; turn++)
    for (const [way, remove] of Object.entries(ways)) runs[way].push(await remove(plant(folders)));
  const figures = Object.fromEntries(Object.entries(runs).map(([way, each]) => [way, medians(each)]));
  if (options.json) process.stdout.write(`${JSON.stringify({ files: FILES, shape, ...figures })}\n`);
  const seconds = Object.entries(figures).map(([way, each]) => [`${way} s`, short(each.seconds)]);
  return {
    files: FILES,
    shape,
    ...Object.fromEntries(seconds),
    'rm -rf / ours': short(figures['rm -rf'].seconds / figures.ours.seconds),
    'MB RSS': Math.round(figures.ours.peak_rss_mb),
  };
}

function plant(folders) {
  const path = join(folder, 'tree');
  for (let outer = 0; outer < folders; outer++) {
    mkdirSync(join(path, `folder-${outer}`), { recursive: true });
    for (let inner = 0; inner < FILES / folders; inner++)
      writeFileSync(join(path, `folder-${outer}`, `file-${inner}`), 'content');
  }
  return path;
}

function removeOurs(path) {
  return figuresOf(process.execPath, [bundle, path]);
}

async function removeByCommand(path) {
  const started = performance.now();
  execFileSync('rm', ['-rf', path]);
  return { seconds: (performance.now() - started) / 1000 };
}

async function removeByOriginal(path) {
  const python = await originalPython();
  return figuresOf(python, [join(HERE, 'original.py'), path]);
}
