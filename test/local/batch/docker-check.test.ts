import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dockerObstacle } from '../../../local/batch/docker-check';
import { useFolder } from '../../transfer/folders';

const folder = useFolder();

/** A program `docker` that answers like docker's command line with such a daemon. */
function withDocker(script: string): Record<string, string> {
  const path = join(folder.path, 'docker');
  writeFileSync(path, `#!/bin/bash\n${script}\n`);
  chmodSync(path, 0o755);
  return { PATH: `${folder.path}:${process.env.PATH}` };
}

test('a machine without docker says so', () => {
  expect(dockerObstacle({ PATH: folder.path })).toBe('there is no program docker in the PATH');
  expect(dockerObstacle({})).toBe('there is no program docker in the PATH');
});

test("a daemon that does not answer is told in docker's words", () => {
  const told = dockerObstacle(withDocker('echo "Cannot connect to the daemon. Is it running?" >&2; exit 1'));
  expect(told).toBe('Cannot connect to the daemon. Is it running');
  expect(dockerObstacle(withDocker('exit 3'))).toBe('docker version ended with 3');
});

test('a daemon that answers is no obstacle, and docker has its own settings', () => {
  const environment = { ...withDocker('[ "$DOCKER_HOST" = unix:///mine ] && echo 27.0'), OTHER: 'x' };
  expect(dockerObstacle({ ...environment, DOCKER_HOST: 'unix:///mine' })).toBeUndefined();
  expect(dockerObstacle(environment)).toBe('docker version ended with 1');
});
