/** Numbers and paths as people read them. */
import { relative } from 'node:path';

/** From where they stand, if it is below. */
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

/** `1 file`, `2 files`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

export function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
