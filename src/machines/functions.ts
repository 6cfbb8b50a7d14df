/** The names of all functions in `serverless.yml`. A test compares both, in either direction. */
import type { MachineName } from './states';

/** The functions that the tasks of each machine call. */
export const CALLED_BY = {
  'demand-execution': [
    'normalise',
    'resolveEfs',
    'buildContext',
    'prepareBatchArgs',
    'dataSync',
    'removeDataPaths',
  ],
  'data-sync': ['planDataSync', 'dataSync', 'dataSyncTask'],
  sweep: ['sweep', 'sweepAccount'],
} as const satisfies Record<MachineName, readonly string[]>;

/** The functions that rules of `resources/events.yml` call. */
export const CALLED_BY_EVENTS = ['intake', 'status', 'watchJobs', 'notify', 'cleanUpAfter'] as const;

/** The functions that no machine here calls: they serve state machines of the original. */
export const CALLED_BY_OTHERS = [
  'scaffolding',
  'batchDataSync',
  'getDataPathStats',
  'listDataPaths',
  'scanOutdatedDataPaths',
  'getJsonFromFile',
  'putJsonToFile',
] as const;

/** A function mounts one file system, so a stage has each of these once for each file system. */
export const ONCE_FOR_EACH_FILE_SYSTEM = [
  'buildContext',
  'planDataSync',
  'dataSync',
  'dataSyncTask',
  'removeDataPaths',
  'cleanUpAfter',
  'sweep',
] as const satisfies readonly FunctionName[];

/** The key of a function in `serverless.yml`. */
export type FunctionName = MachineFunction | EventFunction | (typeof CALLED_BY_OTHERS)[number];
export type MachineFunction = (typeof CALLED_BY)[MachineName][number];
type EventFunction = (typeof CALLED_BY_EVENTS)[number];

/** The prefix of a function's logical ids in the template: `BuildContext` for `buildContext`. */
export type LogicalName = Capitalize<FunctionName>;

/** Returns the prefix of a function's logical ids in the template. */
export function logicalNameOf(name: FunctionName): LogicalName {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}` as LogicalName;
}
