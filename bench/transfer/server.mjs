/** versitygw, an S3 server on a folder, and the rivals: what can be installed here. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'benchbench' };

/** A Go program, built once into a folder. @throws when there is no Go, or no module proxy */
export async function goProgram(module, folder) {
  const program = join(folder, module.split('@')[0].split('/').at(-1));
  const isThere = await access(program).then(
    () => true,
    () => false,
  );
  if (isThere) return program;
  await mkdir(folder, { recursive: true });
  await run('go', ['install', module], { env: { ...process.env, GOBIN: folder }, maxBuffer: 1024 ** 3 });
  return program;
}

/** @param folder holds the buckets, each a folder */
export async function startServer(program, folder) {
  const port = await freePort();
  const args = ['--access', CREDENTIALS.AWS_ACCESS_KEY_ID, '--secret', CREDENTIALS.AWS_SECRET_ACCESS_KEY];
  args.push('--port', `127.0.0.1:${port}`, '--quiet', '--keep-alive', 'posix', folder);
  const server = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const isUp = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (isUp) break;
    if (tries === 100) throw new Error('versitygw does not answer');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    endpoint,
    async stop() {
      server.kill();
      await once(server, 'exit');
    },
  };
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}
