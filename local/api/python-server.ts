/** Starts a server written in Python. The server prints its endpoint on the first line, and ends with this process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The wire API of AWS on this machine. */
export interface ApiServer {
  /** `http://127.0.0.1:<port>`, or `unix:` with the path of a socket */
  readonly endpoint: string;
  /** Headers that the server wants in each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Resolves with the reason when the server has ended. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/**
 * @param name the server's name in error messages
 * @param args arguments of the Python interpreter, the script first
 * @throws Error when the server ends before it is ready; the message has the end of its output
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
    ended: ended.then(([code, signal]) =>
      `${name} has ended (${signal ?? `exit code ${code}`}). ${said}`.trim(),
    ),
    async stop() {
      child.kill();
      await ended;
    },
  };
}
