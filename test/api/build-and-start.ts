/** Before the tests of the whole system: the command line is built, and the servers run. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import startServers from './start-servers';

const PROJECT = join(__dirname, '..', '..');

export default async function buildAndStart(): Promise<void> {
  await Promise.all([build(), startServers()]);
}

async function build(): Promise<void> {
  await promisify(execFile)(process.execPath, ['scripts/build-cli.mjs'], { cwd: PROJECT });
}
