/** A job as a plain child process: the container's paths are the folders themselves. */
import type { JobExit, JobRunner, OnStart, RunnableJob } from './runner';
import { spawnJob } from './spawn-job';

/** What an image would bring: where programs are, and the language of their messages. */
const FROM_THE_HOST = ['PATH', 'HOME', 'LANG', 'LC_ALL'] as const;

/**
 * Kills the job's process group when its standard input ends: when we do, whatever ended us. Who reads it
 * is in the group, so that its id cannot become another's, and is no child of the job, which may wait for
 * all of its own.
 */
const END_WITH_US = [
  "( { trap '' HUP INT TERM; read -r _; kill -s KILL 0; } <&3 & ) 3<&0 >/dev/null 2>&1",
  'exec "$@" </dev/null',
].join('\n');

export class ProcessRunner implements JobRunner {
  constructor(
    private readonly hostEnvironment: Readonly<Record<string, string | undefined>>,
    private readonly onStart: OnStart,
  ) {}

  run(job: RunnableJob, onLine: (line: string) => void, signal: AbortSignal): Promise<JobExit> {
    const host = FROM_THE_HOST.flatMap((name) => {
      const value = this.hostEnvironment[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const environment = { ...Object.fromEntries(host), ...job.environment };
    const command = ['/bin/sh', '-c', END_WITH_US, 'sh', ...job.command];
    return spawnJob(command, { environment, onStart: this.onStart, onLine, signal });
  }
}
