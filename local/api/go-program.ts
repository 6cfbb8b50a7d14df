/** Builds programs written in Go, once each, from a pinned version. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment } from './python-environment.ts';

const run = promisify(execFile);

export interface GoFolders {
  /** The folder of this file's siblings. */
  readonly sources: string;
  /** Folder of the built programs and the Python environments. */
  readonly cache: string;
}

/**
 * Returns the path of a program. The first call builds it, into a file that is named by its version.
 *
 * The machine's `go` builds it. When that is absent or too old, a Go from Python's registry builds it.
 *
 * @param module `<import path>@<version>`
 * @throws Error when neither builds the program; the message has the output of both
 */
export async function goProgram(module: string, { sources, cache }: GoFolders): Promise<string> {
  const [path = '', version = ''] = module.split('@');
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folder = join(cache, 'bin');
  const program = join(folder, `${name}-${version}`);
  if (await exists(program)) return program;
  const aside = join(folder, `${name}.${randomBytes(6).toString('hex')}.partial`);
  await mkdir(folder, { recursive: true });
  try {
    await install(['go'], module, aside).catch(async (error) => {
      const python = await pythonEnvironment(join(sources, 'go-requirements.txt'), join(cache, 'python'));
      // Python starts the script: the environment was renamed, so the interpreter in the script's first line is gone.
      await install([python, join(dirname(python), 'go')], module, aside).catch((second) => {
        throw new Error(`${module} could not be built. ${explain(error)}; ${explain(second)}`);
      });
    });
    // Another process may have built it too. Replacing the file does not disturb a running program.
    await rename(join(aside, name), program);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return program;
}

async function install(go: readonly string[], module: string, folder: string): Promise<void> {
  const [program = '', ...args] = go;
  await run(program, [...args, 'install', module], {
    env: { ...process.env, GOBIN: folder },
    maxBuffer: 1024 ** 3,
  });
}

function explain(error: Error & { stderr?: string }): string {
  return error.stderr?.trim() || error.message;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
