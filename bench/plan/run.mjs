/**
 * Compares the planner with the original's: `npm run bench:plan -- [--original] [--json]`.
 *
 * Both plan the same canned listing without S3, in a process for each turn. Figures are medians.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundled, figuresOf, medians, originalPython, printRows, short } from '../shared.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const OBJECTS = [10_000, 100_000, 1_000_000];
/** Batch limits in bytes: the default, which keeps most folders whole, and one that makes nearly every file a part. */
const LIMITS = [250 * 1024 ** 3, 100_000];
const TURNS = 5;
/** The original's time grows with the square of the parts. With more parts it would take hours. */
const ORIGINAL_PARTS = 10_000;

const { values: options } = parseArgs({
  options: { original: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});

const bundle = await bundled(join(HERE, 'ours.ts'), 'plan');
const python = options.original ? await originalPython() : undefined;

const rows = [];
for (const limit of LIMITS) for (const objects of OBJECTS) rows.push(await measure(objects, limit));
if (!options.json) printRows(rows);

async function measure(objects, limit) {
  const args = [String(objects), String(limit)];
  const runs = { ours: [], original: [] };
  const hasOriginal = python !== undefined && (limit === LIMITS[0] || objects <= ORIGINAL_PARTS);
  for (let turn = 0; turn < TURNS; turn++) {
    runs.ours.push(await figuresOf(process.execPath, [bundle, ...args]));
    if (hasOriginal) runs.original.push(await figuresOf(python, [join(HERE, 'original.py'), ...args]));
  }
  const ours = medians(runs.ours);
  const original = hasOriginal ? medians(runs.original) : undefined;
  const ratio = original && short(original.seconds / ours.seconds);
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ objects, limit, ...ours, ...(original && { original, ratio }) })}\n`,
    );
  return {
    objects,
    limit,
    seconds: short(ours.seconds),
    'objects/s': Math.round(objects / ours.seconds),
    'MB RSS': Math.round(ours.peak_rss_mb),
    ...(python !== undefined && {
      'original s': original && short(original.seconds),
      'original MB': original && Math.round(original.peak_rss_mb),
      'original / ours': ratio,
    }),
  };
}
