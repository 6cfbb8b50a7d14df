/** Rules of a stage that a request must keep: its access points, and the names of their folders. */
import { accessPointProblems, type StageAccessPoints } from '../efs/stage-access-points';
import type { Problem } from '../errors';
import { withDemandPointer } from './examine';
import { directoryNameProblems } from './execution-id';
import type { LayoutInput } from './request';

/**
 * Returns the problems of a request with the access points of its stage. The calls to AWS come later.
 *
 * @param demandPointer the pointer to the demand in the given document
 */
export function stageProblems(
  { executionId, fileSystems }: Pick<LayoutInput, 'executionId' | 'fileSystems'>,
  accessPoints: StageAccessPoints,
  demandPointer: string,
): Problem[] {
  return [
    ...accessPointProblems(fileSystems, accessPoints),
    ...workingDirectoryProblems(executionId, accessPoints, demandPointer),
  ];
}

/** Returns the problems of an id whose working directory would be the folder of an access point, or lie around it. */
export function workingDirectoryProblems(
  executionId: string,
  accessPoints: StageAccessPoints,
  demandPointer: string,
): Problem[] {
  const directories = accessPoints === 'unknown' ? [] : accessPoints.map(({ path }) => path);
  return withDemandPointer(directoryNameProblems(executionId, directories), demandPointer);
}
