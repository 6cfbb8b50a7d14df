/** Divides the sweep of a stage into parts: each volume of each file system, and the records of each file system. */
import { joinPath } from '../context/paths';
import type { StageAccessPoint } from '../efs/stage-access-points';
import { type Problem, refuseIfAny } from '../errors';
import type { SweepRequest, SweptPart } from './request';

/** Folder of scratch with the temporary files of jobs that have no volume for them: src/context/paths.ts. */
const TMP_IN_SCRATCH = 'tmp';

/**
 * @param fileSystemIds the file systems, in the order of the functions that mount them
 * @param accessPoints those that the stage lists
 * @throws DemandValidationError for a path with two rules: it would be swept by the shorter age
 */
export function partsOf(
  request: SweepRequest,
  fileSystemIds: readonly string[],
  accessPoints: readonly StageAccessPoint[],
): readonly SweptPart[] {
  return fileSystemIds.flatMap((fileSystemId, index) => {
    const volumes = volumesOn(fileSystemId, request, accessPoints);
    const paths = volumes.map(({ path }) => path);
    refuseIfAny(volumes.flatMap(({ path }) => twiceNamed(path, paths)));
    return [
      ...volumes.map((volume) => ({
        function: index,
        fileSystemId,
        volume,
        others: paths.filter((path) => path !== volume.path),
      })),
      { function: index, fileSystemId, others: [] },
    ];
  });
}

function volumesOn(
  fileSystemId: string,
  { volumes }: SweepRequest,
  accessPoints: readonly StageAccessPoint[],
): readonly NonNullable<SweptPart['volume']>[] {
  const found = volumes.flatMap(({ path: given, ...rules }) => {
    const listed = accessPoints.filter(
      (each) => each.fileSystemId === fileSystemId && each.role === rules.role,
    );
    const paths = given === undefined ? listed.map(({ path }) => path) : [given];
    return [...new Set(paths.map((path) => joinPath(path)))].map((path) => ({ ...rules, path }));
  });
  const ofTmp = volumes.find(({ role }) => role === 'tmp');
  const inScratch = found
    .filter(({ role }) => role === 'scratch')
    .map(({ path }) => joinPath(path, TMP_IN_SCRATCH));
  if (ofTmp === undefined) return found;
  const added = inScratch.filter((path) => found.every((other) => other.path !== path));
  return [...found, ...added.map((path) => ({ ...ofTmp, path }))];
}

function twiceNamed(path: string, paths: readonly string[]): readonly Problem[] {
  if (paths.filter((other) => other === path).length === 1) return [];
  const message = `${path} is the path of two volumes`;
  return [{ pointer: '/volumes', message, remedy: 'Give each path once, with one role' }];
}
