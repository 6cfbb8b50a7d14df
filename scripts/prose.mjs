/**
 * Runs scripts/prose/main.ts with the Node of the project, which reads TypeScript. The Node of the machine may be older.
 *
 * node scripts/prose.mjs [--list | --by-folder] [PATH...]
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const project = join(import.meta.dirname, '..');
const { status, error } = spawnSync(
  join(project, 'node_modules', '.bin', 'node'),
  [
    '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
    '--disable-warning=ExperimentalWarning',
    join(project, 'scripts', 'prose', 'main.ts'),
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
if (error) throw error;
// The status is null when a signal has ended it.
process.exitCode = status ?? 1;
