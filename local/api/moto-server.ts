/** Starts moto's server, the wire API of AWS on this machine. https://docs.getmoto.org */
import { join } from 'node:path';
import { pythonEnvironment } from './python-environment';
import { type ApiServer, startPythonServer } from './python-server';

/**
 * Starts an empty server. The server ends with this process, even when this process is killed.
 *
 * @param gateway endpoint that runs functions and jobs for moto's state machines; without it nothing runs them
 * @param sources the folder of this file's siblings
 * @param environments folder of the Python environments
 * @throws Error when the server cannot be installed or started; the message has its output
 */
export async function startMotoServer(
  sources: string,
  environments: string,
  gateway?: string,
): Promise<ApiServer> {
  const python = await pythonEnvironment(join(sources, 'requirements.txt'), environments);
  const args = [join(sources, 'moto_server.py'), ...(gateway === undefined ? [] : [gateway])];
  return startPythonServer("moto's server", python, args, process.env);
}
