/** Packages the service with the Serverless Framework. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** The framework does not accept a link here. */
const SERVICE_FILE = 'serverless.yml';
/** The framework and its esbuild plugin write into these folders, also with `--package`. */
const WRITTEN = new Set(['.serverless', '.esbuild']);

/**
 * Packages a stage into a folder, which is emptied first.
 *
 * The framework runs in a folder of links to the project. Two packagings at the same time do not overwrite each
 * other's files, nor the files of a deployment.
 *
 * @param config path of a deployment configuration in place of the stage's own
 * @throws Error when `serverless package` fails, with its output
 */
export async function packageService(
  project: string,
  stage: string,
  folder: string,
  config?: string,
): Promise<void> {
  const target = resolve(folder);
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const links = await mkdtemp(join(tmpdir(), 'service-'));
  try {
    await linkAll(resolve(project), links);
    const args = ['package', '--stage', stage, '--package', target];
    const env = { ...process.env, ...(config !== undefined && { DEPLOYMENT_CONFIG: config }) };
    const serverless = join(links, 'node_modules', '.bin', 'serverless');
    await run(serverless, args, { cwd: links, env }).catch(
      (error: Error & { stdout?: string; stderr?: string }) => {
        throw new Error(
          `serverless ${args.join(' ')} failed: ${error.stderr || error.stdout || error.message}`,
        );
      },
    );
  } finally {
    await rm(links, { recursive: true, force: true });
  }
}

async function linkAll(project: string, links: string): Promise<void> {
  for (const name of await readdir(project))
    if (name === SERVICE_FILE) await copyFile(join(project, name), join(links, name));
    else if (!WRITTEN.has(name)) await symlink(join(project, name), join(links, name));
}
