/** The space on the disk that killed runs have left taken. Their other records stay: they tell how the runs went. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addToReport, NOTHING_SWEPT, type PartReport, type Swept } from '../../src/sweep/report';
import { stateOf } from '../execution/attempts';
import { reservedBytes, reservePathOf } from '../execution/reserve';

/** @param executions the folder of the attempts */
export async function sweepKilledRuns(
  executions: string,
  { isDryRun }: { readonly isDryRun: boolean },
): Promise<PartReport> {
  const swept: Swept[] = [];
  for (const id of await namesIn(executions))
    for (const attempt of await namesIn(join(executions, id))) {
      const folder = join(executions, id, attempt);
      const path = reservePathOf(folder);
      const bytes = await reservedBytes(folder);
      if (bytes === undefined) continue;
      // A running attempt releases its reserve itself.
      if ((await stateOf(folder))?.kind !== 'ended') swept.push({ stays: 'execution' });
      else {
        if (!isDryRun) await rm(path, { recursive: true, force: true });
        swept.push({ removed: 'reserve', path, bytes });
      }
    }
  return addToReport({ part: 'local_runs', path: executions, ...NOTHING_SWEPT }, swept);
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
