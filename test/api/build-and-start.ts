/** Builds the command line, starts the servers and makes shared folders, before the tests of the whole system. */
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
