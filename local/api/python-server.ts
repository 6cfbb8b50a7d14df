/** A server written in Python: it says where it is on its first line, and ends with this process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The wire API of AWS on this machine. */
export interface ApiServer {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * @param name as it is called where it fails
 * @param args of the Python interpreter, the script first
 * @throws Error when it ended before it was ready, with what it said
 */
export async function startPythonServer(
  name: string,
  python: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ApiServer> {
  const child = spawn(python, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
  const ended = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-4_000);
  });
  const endpoint = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    ended.then(() => {
      throw new Error(`${name} ended before it was ready. ${said}`);
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
