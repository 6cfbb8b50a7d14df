/**
 * Measures the load of a cold start: size and import time of each packaged bundle. Each import runs in a process of its
 * own on this machine, and the time begins after Node's start. Lambda with 512 MB has about a third of a core.
 *
 *   npm run bench:coldstart -- [--runs 7] [--package FOLDER] [--json]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { unpackBundles } from './bundles.mjs';
import { variablesOf } from './variables.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    package: { type: 'string' },
    json: { type: 'boolean' },
  },
});
const budget = JSON.parse(readFileSync(join(import.meta.dirname, 'budget.json'), 'utf8'));
const IMPORT =
  'const begun = performance.now(); require(process.argv[1]); console.log(performance.now() - begun)';

const folder = mkdtempSync(join(tmpdir(), 'coldstart-'));
try {
  const packaged = values.package ?? folder;
  if (packaged === folder)
    execFileSync('npx', ['serverless', 'package', '--package', folder], { stdio: 'pipe' });
  const variables = variablesOf(packaged);
  const bundles = unpackBundles(packaged, join(folder, 'unpacked')).map(({ path, ...bundle }) => ({
    ...bundle,
    importMs: median(
      Array.from({ length: Number(values.runs) }, () => importMs(path, variables.get(bundle.name))),
    ),
    budget: budget[bundle.name],
  }));
  bundles.sort((one, other) => other.bytes - one.bytes);
  if (values.json) console.log(JSON.stringify(bundles, null, 2));
  else console.log(tableOf(bundles));
} finally {
  rmSync(folder, { recursive: true });
}

function importMs(path, variables) {
  const env = { ...process.env, AWS_REGION: 'us-west-2', ...variables };
  return Number(execFileSync(process.execPath, ['-e', IMPORT, path], { env, encoding: 'utf8' }));
}

function median(numbers) {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)];
}

function tableOf(bundles) {
  const kb = (bytes) => `${(bytes / 1000).toFixed(0)}`.padStart(9);
  const lines = bundles.map(
    ({ name, bytes, zipped, importMs: ms, budget: most }) =>
      `${name.padEnd(24)}${kb(bytes)}${kb(zipped)}${kb(most ?? 0)}${ms.toFixed(1).padStart(11)}`,
  );
  return [`${'function'.padEnd(24)}       KB   zipped   budget  import ms`, ...lines].join('\n');
}
