/** Runs demands with random faults: `npm run soak -- [--on embedded | api] [--demands 500] [--seed 1]`. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const DEFAULT_DEMANDS = { embedded: '500', api: '60' };

const { values } = parseArgs({
  options: {
    on: { type: 'string', default: 'embedded' },
    demands: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const { on, seed, demands = DEFAULT_DEMANDS[on] } = values;
if (demands === undefined) throw new Error(`--on is ${on}, but has to be embedded or api`);
const jest = ['--experimental-async-context-frame', 'node_modules/jest/bin/jest.js', '-c', 'jest.soak.cjs'];
const { status } = spawnSync('node', [...jest, `test/soak/${on}.soak.ts`], {
  stdio: 'inherit',
  env: { ...process.env, SOAK_DEMANDS: demands, SOAK_SEED: seed },
});
// The status is null when a signal has ended it.
process.exitCode = status ?? 1;
