/**
 * LocalStack's server, without docker: its API behind our gateway, which runs functions and jobs.
 * https://docs.localstack.cloud
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pythonEnvironment } from '../api/python-environment';
import { type ApiServer, startPythonServer } from '../api/python-server';

export interface LocalStackOptions {
  readonly project: string;
  /** Who stands before it. */
  readonly gateway: string;
  /** For whatever it writes. */
  readonly folder: string;
  /** Answers for tasks, in the format of Step Functions Local. */
  readonly mockFile?: string;
  /** Of Python 3.13, which is what its packages run on. */
  readonly interpreter: string;
}

/**
 * Starts a server with nothing in it; it ends with this process, however that ends.
 *
 * @throws Error when it could not be installed or started, with what it said
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
    ...(mockFile !== undefined && { SFN_MOCK_CONFIG: mockFile }),
  };
  return startPythonServer('LocalStack', python, [join(sources, 'localstack_server.py'), gateway], env);
}
