/** Runs demands with random faults for a long time: `npm run soak -- [--demands 500] [--seed 1]`. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { demands: { type: 'string', default: '500' }, seed: { type: 'string', default: '1' } },
});
const jest = ['--experimental-async-context-frame', 'node_modules/jest/bin/jest.js', '-c', 'jest.soak.cjs'];
const { status } = spawnSync('node', jest, {
  stdio: 'inherit',
  env: { ...process.env, SOAK_DEMANDS: values.demands, SOAK_SEED: values.seed },
});
// The status is null when a signal has ended it.
process.exitCode = status ?? 1;
