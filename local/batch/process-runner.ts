/** Runs a job as a child process. Its container paths are the folders of this machine. */
import type { OnLine } from '../world/lines';
import type { JobExit, JobRunner, OnStart, RunnableJob } from './runner';
import { spawnJob } from './spawn-job';

/** Variables that an image would set: the paths of programs, and the language of their messages. */
const FROM_THE_HOST = ['PATH', 'HOME', 'LANG', 'LC_ALL'] as const;

/**
 * Kills the job's process group when its standard input closes: at the end of this process, even after a kill. The
 * reader is in the group, so no other group can get the group's id. The reader is not a child of the job: a job may wait
 * for all its children.
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

  run(job: RunnableJob, onLine: OnLine, signal: AbortSignal): Promise<JobExit> {
    const host = FROM_THE_HOST.flatMap((name) => {
      const value = this.hostEnvironment[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const environment = { ...Object.fromEntries(host), ...job.environment };
    const command = ['/bin/sh', '-c', END_WITH_US, 'sh', ...job.command];
    return spawnJob(command, { environment, onStart: this.onStart, onLine, signal });
  }
}
