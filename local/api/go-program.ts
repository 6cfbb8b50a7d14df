/** Programs written in Go, built once from a pinned version. */
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
  /** Where programs and Python environments are kept. */
  readonly cache: string;
}

/**
 * The path of a program, in a file named by its version; built on the first call.
 *
 * By the machine's `go`, or where that is absent or too old by one that comes from Python's registry.
 *
 * @param module `<import path>@<version>`
 * @throws Error when neither builds it, with what both said
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
      // By its Python: the environment was moved since, and the script's first line does not know.
      await install([python, join(dirname(python), 'go')], module, aside).catch((second) => {
        throw new Error(`${module} could not be built. ${explain(error)}; ${explain(second)}`);
      });
    });
    // Whoever is first has made it; to replace a program that runs changes nothing for it.
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
