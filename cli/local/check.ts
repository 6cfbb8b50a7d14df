/** Checks the options before anything is started. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dockerObstacle } from '../../local/batch/docker-check';
import type { LocalOptions } from './options';

/** @returns the mistakes, as sentences */
export function mistakesIn({ project, seed, port, runner }: LocalOptions): string[] {
  const obstacle = runner === 'docker' ? dockerObstacle(process.env) : undefined;
  return [
    ...(existsSync(join(project, 'serverless.yml'))
      ? []
      : [`--project ${project} has no serverless.yml: run this in a clone of the project, or name one`]),
    ...(seed === undefined || isFolder(seed)
      ? []
      : [`--seed ${seed} is not a folder: give a folder with a folder for each bucket`]),
    ...(obstacle === undefined
      ? []
      : [`--runner docker cannot run a job: ${obstacle}. Start docker, or leave --runner out`]),
    ...(port <= 65_535 ? [] : [`--port ${port} is too large: give at most 65535, or 0 for any free port`]),
  ];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
