import { readStageAccessPoints } from '../src/efs/stage-access-points';
import { required } from './settings';

/** The access points that the stage lists for each role. A function without the list does not load. */
export const accessPoints = readStageAccessPoints(required('ACCESS_POINTS'));
