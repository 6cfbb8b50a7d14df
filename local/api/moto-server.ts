/** moto's server: the wire API of AWS on this machine. https://docs.getmoto.org */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonEnvironment } from './python-environment';

export interface MotoServer {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  stop(): Promise<void>;
}

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
): Promise<MotoServer> {
  const python = await pythonEnvironment(join(sources, 'requirements.txt'), environments);
  const args = [join(sources, 'moto_server.py'), ...(gateway === undefined ? [] : [gateway])];
  const child = spawn(python, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-4_000);
  });
  const endpoint = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    ended.then(() => {
      throw new Error(`moto's server ended before it was ready. ${said}`);
    }),
  ]);
  return {
    endpoint,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
