/** Installs the project's Python packages apart from the machine's own. */
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
 * Returns the path of `python` in a virtual environment with exactly these requirements. The first call makes the
 * environment.
 *
 * @param requirements path of a pip requirements file with pinned versions
 * @param folder folder of the environments, one for each content of a requirements file
 * @param interpreter the Python that makes the environment
 * @throws Error when the machine has no Python 3 with venv, or the package registry does not answer
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
    // When another process has made the environment first, that environment is used.
    await rename(aside, place).catch(async (error) => {
      if (!(await exists(python))) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return python;
}

/** Tries again, as a registry fails now and then: its index lags, or a connection breaks. */
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
