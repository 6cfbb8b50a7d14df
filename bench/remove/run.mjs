/**
 * Compares the removal of a folder with `rm -rf` and the original: `npm run bench:remove -- [--original] [--json]`.
 *
 * Programs take turns, each with a tree of its own. Figures are medians, without the start of Node and Python. All
 * trees are on disk before the first removal: the removal of a file that was never written to disk takes a fifth of
 * the time. ext4 without a journal does not reuse the inode of a removed file for some minutes, and skips each such
 * inode for every new file. So a second run soon after the first takes longer to begin.
 * `BENCH_FOLDER` is the folder of the trees, by default `.cache/bench` of this project.
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
const TURNS = 5;

const { values: options } = parseArgs({
  options: { original: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});

const bundle = await bundled(join(HERE, 'ours.ts'), 'remove');
const python = options.original ? await originalPython() : undefined;
// The trees are not in /tmp, which may be memory.
const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? join(PROJECT, '.cache', 'bench'), 'remove-'));
const ways = { ours: (path) => figuresOf(process.execPath, [bundle, path]), 'rm -rf': removeByCommand };
if (options.original) ways.original = (path) => figuresOf(python, [join(HERE, 'original.py'), path]);

try {
  plantAll();
  const rows = [];
  for (const shape of Object.keys(SHAPES)) rows.push(await measure(shape));
  if (!options.json) printRows(rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function plantAll() {
  for (const [shape, folders] of Object.entries(SHAPES))
    for (const way of Object.keys(ways))
      for (let turn = 0; turn < TURNS; turn++) plant(treeOf(shape, way, turn), folders);
  execFileSync('sync', ['-f', folder]);
}

function treeOf(shape, way, turn) {
  return join(folder, `${shape}-${way}-${turn}`.replaceAll(' ', '-'));
}

function plant(path, folders) {
  for (let outer = 0; outer < folders; outer++) {
    mkdirSync(join(path, `folder-${outer}`), { recursive: true });
    for (let inner = 0; inner < FILES / folders; inner++)
      writeFileSync(join(path, `folder-${outer}`, `file-${inner}`), 'content');
  }
}

async function measure(shape) {
  const runs = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (let turn = 0; turn < TURNS; turn++)
    for (const [way, remove] of Object.entries(ways)) runs[way].push(await remove(treeOf(shape, way, turn)));
  const figures = Object.fromEntries(Object.entries(runs).map(([way, each]) => [way, medians(each)]));
  const ratio = short(figures['rm -rf'].seconds / figures.ours.seconds);
  if (options.json) process.stdout.write(`${JSON.stringify({ files: FILES, shape, ...figures, ratio })}\n`);
  const columns = Object.entries(figures).flatMap(([way, { seconds, cpu_seconds, peak_rss_mb }]) => [
    [`${way} s`, short(seconds)],
    [`${way} CPU s`, short(cpu_seconds)],
    [`${way} MB`, Math.round(peak_rss_mb)],
  ]);
  return { files: FILES, shape, ...Object.fromEntries(columns), 'rm -rf / ours': ratio };
}

async function removeByCommand(path) {
  const command = [join(HERE, '..', 'measure.py'), 'rm', '-rf', path];
  const { wall_s, cpu_s, peak_mb } = await figuresOf('python3', command);
  return { seconds: wall_s, cpu_seconds: cpu_s, peak_rss_mb: peak_mb };
}
