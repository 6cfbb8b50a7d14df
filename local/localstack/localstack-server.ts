/**
 * Starts LocalStack's server without docker. The gateway in front of it runs functions and jobs.
 * https://docs.localstack.cloud
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutEmpty } from '../../src/wire/json';
import { pythonEnvironment } from '../api/python-environment';
import { type ApiServer, startPythonServer } from '../api/python-server';

export interface LocalStackOptions {
  readonly project: string;
  /** Endpoint of the gateway in front of LocalStack. */
  readonly gateway: string;
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
  const env = {
    ...process.env,
    TMPDIR: folder,
    ...withoutEmpty({ SFN_MOCK_CONFIG: mockFile }),
  };
  return startPythonServer('LocalStack', python, [join(sources, 'localstack_server.py'), gateway], env);
}
