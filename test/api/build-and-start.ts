/** Builds the command line, installs tools, starts the servers and makes shared folders, before the tests of the whole system. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment } from '../../local/api/python-environment';
import openSharedFolders from './open-shared-folders';
import startServers from './start-servers';

const PROJECT = join(__dirname, '..', '..');

export default async function buildAndStart(): Promise<void> {
  await Promise.all([build(), startServers(), openSharedFolders(), install()]);
}

/** Installs the scanners and the aws command line before the tests, and at the same time: alone each takes a minute. */
async function install(): Promise<void> {
  const requirements = ['test/deployment/requirements.txt', 'bench/transfer/requirements.txt'];
  const environments = join(PROJECT, '.cache', 'python');
  await Promise.all(requirements.map((file) => pythonEnvironment(join(PROJECT, file), environments)));
}

async function build(): Promise<void> {
  await promisify(execFile)(process.execPath, ['scripts/build-cli.mjs'], { cwd: PROJECT });
}
