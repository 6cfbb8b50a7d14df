/**
 * Starts the servers before all tests. `AWS_ENDPOINT_URL` names the AWS of the tests. By default that is moto's server,
 * which starts here. `VERSITYGW_ENDPOINT_URL` names versitygw, an S3 server with behaviour of S3 that moto lacks. When
 * a server does not start, no test runs.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMotoServer } from '../../local/api/moto-server';
import type { ApiServer } from '../../local/api/python-server';
import { startVersitygw, type VersitygwServer } from '../../local/api/versitygw-server';
import { CALLERS_ENVIRONMENT } from './callers-environment';

declare global {
  var motoServer: ApiServer | undefined;
  var versitygw: (VersitygwServer & { readonly data: string }) | undefined;
}

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
const PROJECT = join(__dirname, '..', '..');
const SOURCES = join(PROJECT, 'local', 'api');
const CACHE = join(PROJECT, '.cache');

/** Each project with servers calls this: only the first call starts them. */
export default async function startServers(): Promise<void> {
  if (globalThis.versitygw !== undefined) return;
  // Both servers start at once: the first run also installs them.
  await Promise.all([startMoto(), startS3()]);
}

async function startMoto(): Promise<void> {
  CALLERS_ENVIRONMENT.keep();
  if (process.env.AWS_ENDPOINT_URL !== undefined) return;
  globalThis.motoServer = await startMotoServer(SOURCES, join(CACHE, 'python'));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: globalThis.motoServer.endpoint,
    AWS_REGION: 'us-east-1',
    ...CREDENTIALS,
  });
}

async function startS3(): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'versitygw-'));
  const server = await startVersitygw({ sources: SOURCES, cache: CACHE, data, credentials: CREDENTIALS });
  globalThis.versitygw = { ...server, data };
  process.env.VERSITYGW_ENDPOINT_URL = server.endpoint;
}
