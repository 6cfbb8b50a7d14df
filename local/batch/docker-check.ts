/** Asks docker whether it can run jobs, before anything is made for them. */
import { spawnSync } from 'node:child_process';
import { dockerSettings } from './docker-runner';

const PATIENCE_MS = 10_000;

/** Returns why no job can run in docker; undefined when docker's daemon answers. */
export function dockerObstacle(
  hostEnvironment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const env = { PATH: hostEnvironment.PATH ?? '', ...dockerSettings(hostEnvironment) };
  const asked = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
    env,
    encoding: 'utf8',
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  });
  if (asked.status === 0) return undefined;
  if (asked.error === undefined)
    return asked.stderr.trim().replace(/[.?]$/, '') || `docker version ended with ${asked.status}`;
  const { code } = asked.error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no program docker in the PATH';
  return code === 'ETIMEDOUT' ? `docker gave no answer in ${PATIENCE_MS / 1_000} s` : asked.error.message;
}
