/** The ways a job runs on this machine, by the name that users give. */
import { DockerRunner } from './docker-runner';
import { ProcessRunner } from './process-runner';

export const RUNNERS = { process: ProcessRunner, docker: DockerRunner } as const;
