/** Ends the processes that a job has left, as the end of a container ends them. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/** A process may fork between the search and its end, so the search is repeated. */
const ROUNDS = 20;
const PAUSE_MS = 10;

/**
 * Ends all processes whose environment has the id of the job, also daemons that have left the process group of the job.
 * A process that has changed its environment is not found. Without /proc no process is found.
 */
export async function endProcessesOf(jobId: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const found = await processesOf(jobId);
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
    await setTimeout(PAUSE_MS);
  }
}

/** Returns the ids of the processes of a job. */
export async function processesOf(jobId: string): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const wanted = `\0AWS_BATCH_JOB_ID=${jobId}\0`;
  const pids = entries.map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const matches = await Promise.all(
    pids.map(async (pid) => {
      // An ended process, and a process of another user, cannot be read. An ended child has an empty environment.
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      return `\0${environment}`.includes(wanted);
    }),
  );
  return pids.filter((_, index) => matches[index]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process has ended.
  }
}
