/** Runs a job in its own image, with docker. */
import type { OnLine } from '../world/lines';
import type { JobExit, JobRunner, OnStart, RunnableJob } from './runner';
import { spawnJob } from './spawn-job';

export class DockerRunner implements JobRunner {
  constructor(
    private readonly hostEnvironment: Readonly<Record<string, string | undefined>>,
    private readonly onStart: OnStart,
  ) {}

  run(job: RunnableJob, onLine: OnLine, signal: AbortSignal): Promise<JobExit> {
    // The values are in docker's own environment: every user of the machine could read them on its command line.
    const environment = {
      PATH: this.hostEnvironment.PATH ?? '',
      ...dockerSettings(this.hostEnvironment),
      ...job.environment,
    };
    const command = ['docker', ...dockerArguments(job)];
    return spawnJob(command, { environment, onStart: this.onStart, onLine, signal });
  }
}

/** Returns the arguments of `docker run` for a job. With `--init` a stop also reaches the children of bash. */
export function dockerArguments({ jobId, image, command, environment, mounts }: RunnableJob): string[] {
  return [
    'run',
    '--rm',
    '--init',
    ...['--name', `demand-${jobId}`],
    ...Object.keys(environment).flatMap((name) => ['--env', name]),
    ...mounts.flatMap(({ hostPath, containerPath, readOnly }) => [
      '--mount',
      `type=bind,source=${hostPath},target=${containerPath}${readOnly ? ',readonly' : ''}`,
    ]),
    ...['--entrypoint', command[0] ?? ''],
    image,
    ...command.slice(1),
  ];
}

/** Returns the variables that docker's command line itself reads. */
export function dockerSettings(host: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = Object.keys(host).filter((name) => name.startsWith('DOCKER_') || name === 'HOME');
  return Object.fromEntries(names.map((name) => [name, host[name] ?? '']));
}
