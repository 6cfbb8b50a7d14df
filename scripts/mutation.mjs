/**
 * Mutation tests: changes the code of a room in small ways, and tells the changes that no test of the room finds.
 *
 * npm run test:mutation -- [ROOM...]
 *
 * Property tests run a twentieth of their cases: with all cases, each mutant of the context takes 20 seconds.
 *
 * A second run of a room tests only the mutants of changed code, by its record in `.cache/mutation/`.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOMS = ['demand', 'context', 'transfer', 'steps/clean-up'];

const asked = process.argv.slice(2);
for (const room of asked.length === 0 ? ROOMS : asked) {
  const record = join('.cache', 'mutation', `${room.replace('/', '-')}.json`);
  const { status, error } = spawnSync(
    join('node_modules', '.bin', 'stryker'),
    ['run', '--mutate', `src/${room}/**/*.ts`, '--incrementalFile', record],
    { stdio: 'inherit', env: { FC_SHARE: '0.05', ...process.env, MUTATED_ROOM: room } },
  );
  if (error) throw error;
  // The status is null when a signal has ended it.
  process.exitCode ||= status ?? 1;
}
