import { globSync, readFileSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';
import type { Block } from './blocks.ts';
import { commentsOfLines, commentsOfPython, commentsOfScript, commentsOfYaml } from './comments.ts';
import { proseOfMarkdown } from './markdown.ts';

/** Folders that are installed, generated or recorded. */
const LEFT_OUT = [
  ...['.git', 'node_modules', 'dist', '.cache', '.demand', '.serverless', 'coverage'],
  ...['generated', 'vectors', 'expected'],
];
/** A glob finds no name that begins with a dot, unless it is written so. */
const FILES = ['**', '.*', '.ci/*'];

type Reader = (file: string, source: string) => Block[];
const COMMENTS: Readonly<Record<string, Reader>> = {
  '.ts': commentsOfScript,
  '.mjs': commentsOfScript,
  '.cjs': commentsOfScript,
  '.yml': commentsOfYaml,
  '.yaml': commentsOfYaml,
  '.sh': commentsOfLines,
  '.txt': commentsOfLines,
  '': commentsOfLines,
};
const DOCS: Readonly<Record<string, Reader>> = { '.md': proseOfMarkdown };

/** The prose of the project's files. */
export interface Prose {
  readonly comments: readonly Block[];
  readonly docs: readonly Block[];
}

/** @param paths files and folders below the working directory; without paths, all of it */
export function readProse(paths: readonly string[]): Prose {
  const files = filesIn(paths.length === 0 ? ['.'] : paths);
  const read = (readers: Readonly<Record<string, Reader>>) =>
    files.flatMap((file) => readers[extname(file)]?.(file, readFileSync(file, 'utf8')) ?? []);
  const python = files.filter((file) => extname(file) === '.py');
  return { comments: [...read(COMMENTS), ...commentsOfPython(python)], docs: read(DOCS) };
}

function filesIn(paths: readonly string[]): string[] {
  const wanted = paths.map((path) => normalize(path));
  const isWanted = (file: string) =>
    wanted.some((path) => path === '.' || file === path || file.startsWith(join(path, sep)));
  return globSync(FILES, { exclude: ({ name }) => LEFT_OUT.includes(name), withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => normalize(join(entry.parentPath, entry.name)))
    .map((file) => file.replace(`${process.cwd()}${sep}`, ''))
    .filter(isWanted)
    .sort();
}
