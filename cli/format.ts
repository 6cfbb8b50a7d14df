/** Formats numbers and paths for people. */
import { relative } from 'node:path';

/** Returns a path below the working directory as a relative path, and any other path unchanged. */
export function formatPath(path: string, workingDirectory = process.cwd()): string {
  const short = relative(workingDirectory, path);
  if (short === '' || short === '..' || short.startsWith('../')) return path;
  return path.endsWith('/') ? `${short}/` : short;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}

export function formatFiles(files: number): string {
  return plural(files, 'file');
}

/** Returns `1 file` or `2 files`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

export function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
