/** Starts versitygw, an S3 server that stores objects in a folder. https://github.com/versity/versitygw */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type GoFolders, goProgram } from './go-program.ts';

const MODULE = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';
const POLL_MS = 20;
const MOST_POLLS = 1_500;
/**
 * Ends versitygw when standard input closes, which versitygw itself does not watch. This process holds the other end,
 * and loses it even when killed.
 */
const END_WITH_PARENT = '"$@" <&- & while read -r _; do :; done; kill $!; wait $!';

export interface VersitygwServer {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  stop(): Promise<void>;
}

export interface VersitygwOptions extends GoFolders {
  /** Folder of the server's data. Its subfolder `buckets` has a folder for each bucket. */
  readonly data: string;
  /**
   * Place of ETags and checksums. Default `in files`, beside the objects: not every file system has extended attributes.
   */
  readonly knowledge?: 'in files' | 'in extended attributes';
  readonly credentials: { readonly AWS_ACCESS_KEY_ID: string; readonly AWS_SECRET_ACCESS_KEY: string };
}

/**
 * Starts an empty server. The first call builds the program. The server ends with this process, even when this process
 * is killed.
 *
 * @throws Error when the program cannot be built, or the server does not answer within 30 s
 */
export async function startVersitygw(options: VersitygwOptions): Promise<VersitygwServer> {
  const program = await goProgram(MODULE, options);
  const port = await freePort();
  const command = [program, ...(await argumentsOf(options, port))];
  const { AWS_ACCESS_KEY_ID: ROOT_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: ROOT_SECRET_ACCESS_KEY } =
    options.credentials;
  const child = spawn('/bin/sh', ['-c', END_WITH_PARENT, 'sh', ...command], {
    stdio: ['pipe', 'ignore', 'pipe'],
    // Every user of the machine can read a command line.
    env: { ...process.env, ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY },
  });
  const ended = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-4_000);
  });
  const endpoint = `http://127.0.0.1:${port}`;
  for (let polls = 0; !(await answers(endpoint)); polls++) {
    if (polls === MOST_POLLS) throw new Error(`versitygw does not answer. ${said}`);
    await setTimeout(POLL_MS);
  }
  return {
    endpoint,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

async function argumentsOf({ data, knowledge }: VersitygwOptions, port: number): Promise<string[]> {
  const [buckets, known] = [join(data, 'buckets'), join(data, 'known')];
  for (const folder of [buckets, known]) await mkdir(folder, { recursive: true });
  const where = ['--port', `127.0.0.1:${port}`, '--quiet', '--keep-alive'];
  const how = knowledge === 'in extended attributes' ? [] : ['--sidecar', known];
  return [...where, 'posix', ...how, buckets];
}

function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('The system has given no free port');
  return address.port;
}
