/** moto's server: the wire API of AWS on this machine. https://docs.getmoto.org */
import { join } from 'node:path';
import { pythonEnvironment } from './python-environment';
import { type ApiServer, startPythonServer } from './python-server';

/**
 * Starts a server with nothing in it; it ends with this process, however that ends.
 *
 * @param gateway who stands before it, and runs functions and jobs for its state machines; without, it runs none
 * @param sources the folder of this file's siblings
 * @param environments where Python environments are kept
 * @throws Error when it could not be installed or started, with what it said
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
