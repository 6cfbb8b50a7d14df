/**
 * The file systems of earlier starts of the local API. Each start makes new ones, and its executions are in memory only.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileSweep } from '../../src/adapters/files/file-sweep';
import { REMOVING_NAME } from '../../src/sweep/files';
import { addToReport, NOTHING_SWEPT, type PartReport, type Swept } from '../../src/sweep/report';
import { ABANDONED_MS } from '../../src/sweep/settings';
import type { EpochMs } from '../../src/units';

export interface EarlierUpsOptions {
  /** The root of the local API. */
  readonly apiRoot: string;
  /** True: a local API runs in this root, so nothing is removed. */
  readonly isRunning: boolean;
  readonly ageMs: number;
  readonly isDryRun: boolean;
  readonly now: EpochMs;
  readonly signal: AbortSignal;
}

/** Removes the file systems in which nothing has changed for so long. */
export async function sweepEarlierUps(options: EarlierUpsOptions): Promise<PartReport> {
  const { apiRoot, signal } = options;
  const volume = { path: join(apiRoot, 'efs'), root: apiRoot };
  const report: PartReport = { part: 'local_up', path: volume.path, ...NOTHING_SWEPT };
  const swept: Swept[] = [];
  if (!existsSync(volume.path)) return report;
  for await (const { key, name, isFolder } of fileSweep.entries(volume, '')) {
    if (!isFolder) continue;
    const ageMs = REMOVING_NAME.test(name) ? ABANDONED_MS : options.ageMs;
    const measured = await fileSweep.measure(volume, key, { signal });
    if (measured === undefined) continue;
    if (options.isRunning) swept.push({ stays: 'execution' });
    else if (!measured.isWhole) swept.push({ stays: 'unknown' });
    else if (options.now - measured.changed < ageMs) swept.push({ stays: 'recent' });
    else swept.push(...(await remove(key, measured.bytes, volume, options)));
  }
  return addToReport(report, swept);
}

async function remove(
  key: string,
  bytes: number,
  volume: { readonly path: string; readonly root: string },
  { isDryRun, signal }: EarlierUpsOptions,
): Promise<readonly Swept[]> {
  const path = join(volume.path, key);
  if (!isDryRun) {
    const condemned = await fileSweep.condemn(volume, { key });
    const removed = condemned && (await fileSweep.remove(volume, condemned, signal));
    if (removed && removed.failures.length > 0) return removed.failures.map((failure) => ({ failure, path }));
  }
  return [{ removed: 'file_system', path, bytes }];
}
