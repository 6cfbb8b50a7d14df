/** Starts moto's server, the wire API of AWS on this machine. https://docs.getmoto.org */
import { devNull } from 'node:os';
import { join } from 'node:path';
import { type ApiCredentials, credentialsEnvironment } from './access/credentials';
import { pythonEnvironment } from './python-environment';
import { type ApiServer, startPythonServer } from './python-server';

/** The gateway that runs functions and jobs for moto's state machines. */
export interface GatewayAccess {
  readonly endpoint: string;
  readonly credentials: ApiCredentials;
  /** Longest wait before a retry of a state. Default: the waits of the state machines. */
  readonly longestRetryWaitSeconds?: number;
}

/**
 * Starts an empty server. The server ends with this process, even when this process is killed.
 *
 * A server without a gateway listens on a port, answers every request, and runs no functions and jobs. A server behind a
 * gateway checks no signature either. It listens on a socket in a folder that only this user can open.
 *
 * @param sources the folder of this file's siblings
 * @param environments folder of the Python environments
 * @throws Error when the server cannot be installed or started; the message has its output
 */
export async function startMotoServer(
  sources: string,
  environments: string,
  gateway?: GatewayAccess,
): Promise<ApiServer> {
  const python = await pythonEnvironment(join(sources, 'requirements.txt'), environments);
  const args = [join(sources, 'moto_server.py'), ...(gateway === undefined ? [] : [gateway.endpoint])];
  // Every user of the machine can read a command line, so the keys are in the environment.
  const env = {
    ...ownEnvironment(process.env),
    ...(gateway && credentialsEnvironment(gateway.credentials)),
    ...(gateway?.longestRetryWaitSeconds !== undefined && {
      LONGEST_RETRY_WAIT_SECONDS: String(gateway.longestRetryWaitSeconds),
    }),
  };
  return startPythonServer("moto's server", python, args, env);
}

/**
 * Leaves out what the user has set for AWS. A profile that the server does not find would end it. A proxy would get its
 * signed requests to the gateway.
 */
function ownEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(environment).filter(([name]) => !/^AWS_|_proxy$/i.test(name));
  return { ...Object.fromEntries(others), AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull };
}
