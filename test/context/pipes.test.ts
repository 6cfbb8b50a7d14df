/** A pipe in the command of a whole execution, under a real bash. */
import { spawnSync } from 'node:child_process';
import { buildCommand } from '../../src/context/environment';
import { ClaimedDirectory } from '../batch/claimed-directory';
import { useFolder } from '../transfer/folders';

const folder = useFolder();

test.each([
  ['fails with its first program', 'false | cat > out', 1],
  ['fails with the exit code of its program', '(exit 7) | cat | cat > out', 7],
  ['succeeds with all of its programs', 'echo a | cat > out', 0],
  ['succeeds with its last program when the command asks for it', 'set +o pipefail; false | cat > out', 0],
])('a pipe of a whole execution %s', async (_, command, code) => {
  const { code: ended } = await new ClaimedDirectory(`${folder.path}/run`).run('job-of-pipes', command);
  expect(ended).toBe(code);
});

test('the command of the contract has the pipes of bash', () => {
  const [shell = '', ...args] = buildCommand(['false | cat'], { hasEnvironmentFile: false, claims: false });
  const env = { PATH: process.env.PATH, WORKING_DIR: folder.path, TMPDIR: folder.path };
  expect(spawnSync(shell, args, { env }).status).toBe(0);
});
