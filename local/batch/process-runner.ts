/** A job as a plain child process: the container's paths are the folders themselves. */
import type { JobExit, JobRunner, RunnableJob } from './runner';
import { spawnJob } from './spawn-job';

/** What an image would bring: where programs are, and the language of their messages. */
const FROM_THE_HOST = ['PATH', 'HOME', 'LANG', 'LC_ALL'] as const;

export class ProcessRunner implements JobRunner {
  constructor(private readonly hostEnvironment: Readonly<Record<string, string | undefined>>) {}

  run(job: RunnableJob, onLine: (line: string) => void, signal: AbortSignal): Promise<JobExit> {
    const host = FROM_THE_HOST.flatMap((name) => {
      const value = this.hostEnvironment[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const environment = { ...Object.fromEntries(host), ...job.environment };
    return spawnJob(job.command, { environment, onLine, signal });
  }
}
