/** Notes of processes. A later process with the same id is not the noted one. */
import { readFile } from 'node:fs/promises';

export interface NotedProcess {
  readonly pid: number;
  /** The start of the process, where the system tells it. Another process may have the same pid later. */
  readonly processStart: string;
}

export async function noteProcess(pid: number): Promise<NotedProcess> {
  return { pid, processStart: await processStart(pid) };
}

/** Returns whether the noted process still runs. */
export async function goesOn({ pid, processStart: since }: NotedProcess): Promise<boolean> {
  return isAlive(pid) && (await processStart(pid)) === since;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Returns field 22 of proc(5)'s stat. The name before it may have spaces. The result is empty without /proc, and for a
 * zombie: it has ended, but stays for ever under an init that fetches no exit codes.
 */
async function processStart(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? '' : (fields[19] ?? '');
}
