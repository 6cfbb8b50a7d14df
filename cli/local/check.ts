/** What can be known to fail before anything is started. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalOptions } from './options';

/** @returns what is wrong with the options, in words */
export function mistakesIn({ project, seed, port }: LocalOptions): string[] {
  return [
    ...(existsSync(join(project, 'serverless.yml'))
      ? []
      : [`--project ${project} has no serverless.yml: run this in a clone of the project, or name one`]),
    ...(seed === undefined || isFolder(seed)
      ? []
      : [`--seed ${seed} is no folder: it has a folder for each bucket`]),
    ...(port <= 65_535 ? [] : [`--port ${port} is none: 65535 is the last, and 0 any that is free`]),
  ];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
