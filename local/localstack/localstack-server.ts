/**
 * Starts LocalStack's server without docker. The gateway in front of it runs functions and jobs.
 * https://docs.localstack.cloud
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutEmpty } from '../../src/wire/json';
import { credentialsEnvironment } from '../api/access/credentials';
import type { GatewayAccess } from '../api/moto-server';
import { pythonEnvironment } from '../api/python-environment';
import { type ApiServer, startPythonServer } from '../api/python-server';

/** LocalStack answers only requests with this header: localstack_access.py. */
const TOKEN_HEADER = 'x-demand-server-token';

export interface LocalStackOptions {
  readonly project: string;
  /** The gateway in front of LocalStack. */
  readonly gateway: GatewayAccess;
  /** Folder for LocalStack's own files. */
  readonly folder: string;
  /** Answers for tasks, in the format of Step Functions Local. */
  readonly mockFile?: string;
  /** A Python 3.13: LocalStack's packages need this version. */
  readonly interpreter: string;
}

/**
 * Starts an empty server. The server ends with this process, even when this process is killed.
 *
 * @throws Error when the server cannot be installed or started; the message has its output
 */
export async function startLocalStack(options: LocalStackOptions): Promise<ApiServer> {
  const { project, gateway, folder, mockFile, interpreter } = options;
  const sources = join(project, 'local', 'localstack');
  const python = await pythonEnvironment(
    join(sources, 'requirements.txt'),
    join(project, '.cache', 'python'),
    interpreter,
  );
  await mkdir(folder, { recursive: true });
  const token = randomBytes(32).toString('hex');
  const env = {
    ...process.env,
    TMPDIR: folder,
    ...credentialsEnvironment(gateway.credentials),
    DEMAND_SERVER_TOKEN: token,
    ...withoutEmpty({ SFN_MOCK_CONFIG: mockFile }),
  };
  const args = [join(sources, 'localstack_server.py'), gateway.endpoint];
  const server = await startPythonServer('LocalStack', python, args, env);
  return { ...server, headers: { [TOKEN_HEADER]: token } };
}
