/**
 * Measures the load of a cold start: size and import time of each packaged bundle. Each import runs in a process of its
 * own on this machine, and the time begins after Node's start. Lambda with 512 MB has about a third of a core.
 *
 *   npm run bench:coldstart -- [--runs 7] [--json]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { unpackBundles } from './bundles.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '7' }, json: { type: 'boolean' } },
});
const budget = JSON.parse(readFileSync(join(import.meta.dirname, 'budget.json'), 'utf8'));
const ENVIRONMENT = {
  ...process.env,
  ENV_BASE: 'bench-demand',
  AWS_REGION: 'us-west-2',
  TEMP_BUCKET: 'bench',
  DATA_SYNC_FUNCTION: 'bench',
  DATA_SYNC_TASK_FUNCTION: 'bench',
  DEFAULT_BUCKET_NAME: 'bench',
  STATE_MACHINE_ARN: 'arn:aws:states:us-west-2:123456789012:stateMachine:bench',
  EVENT_BUS_NAME: 'bench',
  NOTIFICATION_TOPIC_ARN: 'arn:aws:sns:us-west-2:123456789012:bench',
};
const IMPORT =
  'const begun = performance.now(); require(process.argv[1]); console.log(performance.now() - begun)';

const folder = mkdtempSync(join(tmpdir(), 'coldstart-'));
try {
  execFileSync('npx', ['serverless', 'package', '--package', folder], { stdio: 'pipe' });
  const bundles = unpackBundles(folder, join(folder, 'unpacked')).map(({ path, ...bundle }) => ({
    ...bundle,
    importMs: median(Array.from({ length: Number(values.runs) }, () => importMs(path))),
    budget: budget[bundle.name],
  }));
  bundles.sort((one, other) => other.bytes - one.bytes);
  if (values.json) console.log(JSON.stringify(bundles, null, 2));
  else console.log(tableOf(bundles));
} finally {
  rmSync(folder, { recursive: true });
}

function importMs(path) {
  return Number(execFileSync(process.execPath, ['-e', IMPORT, path], { env: ENVIRONMENT, encoding: 'utf8' }));
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
