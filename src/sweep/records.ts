/** Reads the records of a file system before a survey, and drops the records of readers that have ended. */

import { joinPath } from '../context/paths';
import type { KeptDirectories } from '../paths/kept';
import type { Reader, Readers } from '../transfer/lease/readers';
import type { LastUses } from '../transfer/lease/uses';
import { localLocation } from '../transfer/schemes/file-systems';
import type { EpochMs } from '../units';
import { withoutEmpty } from '../wire/json';
import type { Fates, RunningExecutions } from './fates';
import { holdOf, type VolumeRecords } from './look';

export interface RecordsWorld {
  readonly readers: Readers;
  readonly uses: Pick<LastUses, 'around'>;
  readonly kept: Pick<KeptDirectories, 'list'>;
  readonly fates: Fates;
  readonly running: RunningExecutions;
  readonly now: EpochMs;
  readonly isDryRun: boolean;
}

/** @param path the path of a volume on this machine */
export async function readRecords(path: string, world: RecordsWorld): Promise<VolumeRecords> {
  const location = localLocation(path);
  const all = await world.readers.around(location);
  const ended = await endedOf(all, world);
  if (!world.isDryRun) for (const execution of ended) await world.readers.drop(execution);
  const runningSince = await world.running.oldestBegin().catch(() => undefined);
  return {
    readers: all.filter(({ execution }) => !ended.has(execution)),
    endedReaders: all.filter(({ execution }) => ended.has(execution)),
    uses: await world.uses.around(location),
    kept: new Map(
      (await world.kept.list(world)).map(({ mount, kept }) => [joinPath(mount.path, kept.path), kept.since]),
    ),
    ...withoutEmpty({ runningSince }),
  };
}

/** An execution that Step Functions does not know stays a reader, until its record is too old for any execution. */
async function endedOf(
  readers: readonly Reader[],
  { fates, now }: RecordsWorld,
): Promise<ReadonlySet<string>> {
  const ended = new Set<string>();
  for (const execution of new Set(readers.map((reader) => reader.execution))) {
    const fate = await fates.of(execution);
    if (fate.kind === 'ended' && holdOf(fate, now) === undefined) ended.add(execution);
  }
  return ended;
}
