/** Ends the processes that a job has left, as the end of a container ends them. */
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/** A process may fork between the search and its end, so the search is repeated. */
const ROUNDS = 20;
const PAUSE_MS = 10;

/**
 * Ends all processes whose environment has the id of the job, also daemons that have left the process group of the job, and
 * all processes of the job's session. A process that has changed its environment and its session is not found. Without
 * /proc no process is found.
 *
 * @param session the id of the ended process that led the session of the job
 */
export async function endProcessesOf(jobId: string, session?: number): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const found = await processesOf(jobId, session);
    if (found.length === 0) return;
    for (const pid of found) kill(pid, jobId, session);
    await setTimeout(PAUSE_MS);
  }
}

/** Returns the ids of the processes of a job. */
export async function processesOf(jobId: string, session?: number): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const matches = await Promise.all(
    pids.map(async (pid) => {
      // An ended process, and a process of another user, cannot be read. An ended child has an empty environment.
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      if (hasId(environment, jobId)) return true;
      const stat = session === undefined ? '' : await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
      return isInSession(stat, session);
    }),
  );
  return pids.filter((_, index) => matches[index]);
}

function hasId(environment: string, jobId: string): boolean {
  return `\0${environment}`.includes(`\0AWS_BATCH_JOB_ID=${jobId}\0`);
}

/**
 * The system gives the id of a session to no other process as long as the session has a process. So a process with this id
 * belongs to a new session.
 *
 * @param stat field 6 of proc(5)'s stat is the session; the name before it may have spaces
 */
function isInSession(stat: string, session: number | undefined): boolean {
  if (session === undefined) return false;
  const [state, , , id] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state !== 'Z' && id === String(session) && !existsSync(`/proc/${session}`);
}

/** Looks once more, immediately before: another process may have the id since the search. */
function kill(pid: number, jobId: string, session: number | undefined): void {
  try {
    const isStill =
      hasId(readFileSync(`/proc/${pid}/environ`, 'latin1'), jobId) ||
      isInSession(readFileSync(`/proc/${pid}/stat`, 'latin1'), session);
    if (isStill) process.kill(pid, 'SIGKILL');
  } catch {
    // The process has ended.
  }
}
