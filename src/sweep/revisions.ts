/** Deregisters old revisions of job definitions. */
import { describeError } from '../errors';
import type { RunningExecutions } from './fates';
import type { Swept } from './report';

export interface DefinitionRevision {
  readonly name: string;
  readonly revision: number;
  readonly arn: string;
}

export interface Revisions {
  /** Returns all active revisions of a stage. */
  active(): Promise<readonly DefinitionRevision[]>;
  deregister(arn: string): Promise<void>;
}

export interface RevisionsWorld {
  readonly revisions: Revisions;
  readonly running: RunningExecutions;
  readonly isDryRun: boolean;
}

/**
 * Deregisters the surplus revisions of each name, the oldest first. A submitted job keeps its definition. An execution that
 * is not that far may have chosen any revision, so nothing goes while an execution runs. An execution that starts after the
 * check lists the revisions later.
 *
 * @param kept the number of revisions of a name that stay
 */
export async function sweepRevisions(kept: number, world: RevisionsWorld): Promise<readonly Swept[]> {
  const surplus = surplusOf(await world.revisions.active(), kept);
  const swept: Swept[] = [];
  for (const { arn } of surplus) {
    try {
      if ((await world.running.oldestBegin()) !== Number.POSITIVE_INFINITY) swept.push({ stays: 'running' });
      else {
        if (!world.isDryRun) await world.revisions.deregister(arn);
        swept.push({ removed: 'job_definition', path: arn, bytes: 0 });
      }
    } catch (error) {
      swept.push({ failure: describeError(error).message, path: arn });
    }
  }
  return swept;
}

function surplusOf(all: readonly DefinitionRevision[], kept: number): readonly DefinitionRevision[] {
  const byName = new Map<string, DefinitionRevision[]>();
  for (const each of all) byName.set(each.name, [...(byName.get(each.name) ?? []), each]);
  return [...byName.values()].flatMap((revisions) =>
    revisions
      .sort((one, other) => other.revision - one.revision)
      .slice(kept)
      .reverse(),
  );
}
