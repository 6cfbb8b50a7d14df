/** The section `sweep` of the configuration: what the sweeper removes, and when. */
import * as v from 'valibot';
import { VOLUME_ROLES, type VolumeRole } from '../../src/efs/model';
import { DEFAULT_SWEEP } from '../../src/sweep/defaults';
import { described, object, text, whole, yesOrNo } from './fields';

const MOST_DAYS = 3650;
const days = (least: number, standard: number, description: string) =>
  described(v.optional(whole(least, MOST_DAYS), standard), description);
const bytes = () => whole(0, Number.MAX_SAFE_INTEGER);

/** The fields have the names of the original's scanner where it has them. */
const volume = (role: VolumeRole) =>
  object({
    path: described(
      v.optional(
        text(
          /^\/(?!(?:.*\/)?\.\.?(?:\/|$))[^\0]*$/s,
          'an absolute path of a file system, without "." and ".."',
        ),
      ),
      'A folder in each file system. By default the folders of the access points that the stage lists for the role.',
    ),
    daysSinceLastAccessed: days(
      0,
      DEFAULT_SWEEP.daysSinceLastAccessed[role],
      'Files and folders are removed so many days after their last use.',
    ),
    minDepth: described(
      v.optional(whole(1, 100), 1),
      'The level below the path of what is removed as a whole.',
    ),
    maxDepth: described(
      v.optional(whole(1, 100), 1),
      'A folder in use is searched for old files down to this level. A working directory never is.',
    ),
    minSizeBytesAllowed: described(
      v.optional(bytes(), 0),
      'So many bytes may stay: old files go only while the volume has more.',
    ),
    maxSizeBytes: described(
      v.optional(bytes()),
      'Above so many bytes, the least recently used files go before their age. By default nothing goes by size.',
    ),
  });

export const sweep = object({
  schedule: described(
    v.optional(
      text(/^(off|(rate|cron)\(.+\))$/, 'off, or a schedule such as rate(1 day) or cron(0 9 * * ? *)'),
      'rate(1 day)',
    ),
    'A schedule of EventBridge; `off` for no schedule.',
  ),
  dryRun: described(
    v.optional(yesOrNo(), false),
    'The report tells what a sweep would remove, and nothing is removed.',
  ),
  scratch: v.optional(volume('scratch'), {}),
  shared: v.optional(volume('shared'), {}),
  tmp: v.optional(volume('tmp'), {}),
  unowned: described(
    v.optional(yesOrNo(), false),
    'Removes files and folders in scratch that no execution owns, by their age, too.',
  ),
  keptDays: days(
    1,
    DEFAULT_SWEEP.keptDays,
    'Days for which the directory of a failed execution stays, with outputs that are not stored.',
  ),
  uploadDays: days(
    1,
    DEFAULT_SWEEP.uploadDays,
    'Unfinished uploads in parts that this stage has begun are aborted after so many days.',
  ),
  revisionsKept: described(
    v.optional(whole(1, 1_000), DEFAULT_SWEEP.revisionsKept),
    'Active revisions of each job definition that stay.',
  ),
});

type SweepConfig = v.InferOutput<typeof sweep>;

/** Returns the request of the configuration as the functions read it. */
export function sweepRequestOf({ schedule: _, scratch, shared, tmp, ...rest }: SweepConfig) {
  const byRole = { scratch, shared, tmp };
  return { ...rest, volumes: VOLUME_ROLES.map((role) => ({ role, ...byRole[role] })) };
}
