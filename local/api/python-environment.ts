/** Python packages of our own, apart from whatever the machine has. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TRIES = 3;
const PAUSE_MS = 4_000;

/**
 * The `python` of a virtual environment that holds exactly these requirements; made on the first call.
 *
 * @param requirements a pip requirements file, every version pinned
 * @param folder where environments are kept, one for each content of the file
 * @param interpreter that they are made from
 * @throws Error when there is no Python 3 with venv, or no package registry
 */
export async function pythonEnvironment(
  requirements: string,
  folder: string,
  interpreter = 'python3',
): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16);
  const place = join(folder, hash);
  const python = join(place, 'bin', 'python');
  if (await exists(python)) return python;
  const aside = `${place}.${randomBytes(6).toString('hex')}.partial`;
  await mkdir(folder, { recursive: true });
  try {
    await step(interpreter, ['-m', 'venv', aside], 'Install Python 3 with its venv module');
    const install = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-cache-dir',
      '--disable-pip-version-check',
      '-r',
      requirements,
    ];
    await patiently(() =>
      step(join(aside, 'bin', 'python'), install, 'Is the package registry of pip reachable?'),
    );
    // Whoever is first has made it; the others use theirs.
    await rename(aside, place).catch(async (error) => {
      if (!(await exists(python))) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return python;
}

/** A registry has its moments: an index that is behind, a connection that breaks. */
async function patiently(task: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await task();
    } catch (error) {
      if (tries === TRIES) throw error;
      await setTimeout(PAUSE_MS * tries);
    }
  }
}

async function step(program: string, args: readonly string[], remedy: string): Promise<void> {
  await run(program, args).catch((error: Error & { stderr?: string }) => {
    throw new Error(`${program} ${args.join(' ')} failed. ${remedy}. ${error.stderr ?? error.message}`);
  });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
