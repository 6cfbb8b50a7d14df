/** The job runners of this machine, by the values of `--runner`. */
import { DockerRunner } from './docker-runner';
import { ProcessRunner } from './process-runner';

export const RUNNERS = { process: ProcessRunner, docker: DockerRunner } as const;
