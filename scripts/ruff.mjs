/**
 * Lints the project's Python files and checks their format, with the rules of ruff.toml. `--fix` mends both.
 * The first run installs ruff below `.cache/`. Later runs need no network.
 */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { pythonEnvironment } from '../local/api/python-environment.ts';

const project = resolve(import.meta.dirname, '..');
const python = await pythonEnvironment(
  join(project, 'scripts', 'ruff-requirements.txt'),
  join(project, '.cache', 'python'),
);
const isFix = process.argv.includes('--fix');
const runs = isFix ? [['check', '--fix'], ['format']] : [['check'], ['format', '--diff']];
for (const args of runs) {
  const { status, error } = spawnSync(python, ['-m', 'ruff', '--quiet', ...args, '.'], {
    cwd: project,
    stdio: 'inherit',
    env: { ...process.env, RUFF_CACHE_DIR: join(project, '.cache', 'ruff') },
  });
  if (error) throw error;
  // The status is null when a signal has ended ruff.

  process.exitCode ||= status ?? 1;
}
