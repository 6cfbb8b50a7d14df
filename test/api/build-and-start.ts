/** Before the tests of the whole system: the command line is built, the servers run, and workers can share folders. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import openSharedFolders from './open-shared-folders';
import startServers from './start-servers';

const PROJECT = join(__dirname, '..', '..');

export default async function buildAndStart(): Promise<void> {
  await Promise.all([build(), startServers(), openSharedFolders()]);
}

async function build(): Promise<void> {
  await promisify(execFile)(process.execPath, ['scripts/build-cli.mjs'], { cwd: PROJECT });
}
