/** The rules from which the end of each case follows. */
import { errorOf, type Fault, type Kind } from './faults';
import type { Way } from './world';

const COPIES: Way = { command: ['cp', '${DATA}', '${OUT}'], atScale: false };
const COPIES_AT_SCALE: Way = { ...COPIES, atScale: true };
const FAILS_IN_A_BATCH: Way = { ...COPIES_AT_SCALE, failing: 'SyncBatch' };
const FAILS: Way = { command: ['exit', '3'], atScale: false };
const WRITES_NOTHING: Way = { command: ['true'], atScale: false };

/** A state with a task, and the demand that leads to it. */
export interface Target {
  readonly state: string;
  readonly way: Way;
  /** The error of the demand without a fault. */
  readonly ownError?: string;
  /** True: a call that is cut off is repeated. Every state repeats a throttled call, and a call whose answer is lost. */
  readonly repeatsCutOff: boolean;
  /** True: the failure of this state is not the failure of the demand. */
  readonly isSecondary?: boolean;
  readonly kinds?: readonly Kind[];
}

const STARTS: readonly Kind[] = ['throws', 'is throttled'];

export const TARGETS: readonly Target[] = [
  { state: 'Normalise', way: COPIES, repeatsCutOff: false },
  { state: 'ResolveEfs', way: COPIES, repeatsCutOff: false },
  { state: 'BuildContext', way: COPIES, repeatsCutOff: false },
  { state: 'PrepareBatchArgs', way: COPIES, repeatsCutOff: false },
  { state: 'SyncInput', way: COPIES, repeatsCutOff: true },
  { state: 'SyncInputAtScale', way: COPIES_AT_SCALE, repeatsCutOff: true, kinds: STARTS },
  { state: 'RunJob', way: COPIES, repeatsCutOff: false, kinds: [...STARTS, 'is stopped'] },
  {
    state: 'DecideJobRetry',
    way: FAILS,
    ownError: 'States.TaskFailed',
    repeatsCutOff: false,
    isSecondary: true,
  },
  { state: 'SyncOutput', way: COPIES, repeatsCutOff: true },
  { state: 'SyncOutputAtScale', way: COPIES_AT_SCALE, repeatsCutOff: true, kinds: STARTS },
  { state: 'RemoveData', way: COPIES, repeatsCutOff: true, isSecondary: true },
  {
    state: 'ReleaseInputs',
    way: WRITES_NOTHING,
    ownError: 'DataSourceMissing',
    repeatsCutOff: true,
    isSecondary: true,
  },
  {
    state: 'CleanUpAfterFailure',
    way: FAILS,
    ownError: 'States.TaskFailed',
    repeatsCutOff: true,
    isSecondary: true,
  },
  { state: 'PlanDataSync', way: COPIES_AT_SCALE, repeatsCutOff: true },
  { state: 'SyncBatch', way: COPIES_AT_SCALE, repeatsCutOff: true },
  {
    state: 'AbandonBatches',
    way: FAILS_IN_A_BATCH,
    ownError: 'States.TaskFailed',
    repeatsCutOff: true,
    isSecondary: true,
  },
  { state: 'Finish', way: COPIES_AT_SCALE, repeatsCutOff: true },
];

/** States of the engine AWS DataSync, which no local run has. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  StartDataSyncTask: 'test/statemachines/data-sync-task-failures.aws.test.ts',
  PollDataSyncTask: 'test/statemachines/data-sync-task-failures.aws.test.ts',
  CleanUpDataSyncTask: 'test/statemachines/data-sync-task-failures.aws.test.ts',
  StopDataSyncTask: 'test/statemachines/data-sync-task-failures.aws.test.ts',
};

const NESTED = new Set(['PlanDataSync', 'SyncBatch', 'Finish']);

export interface Expected {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly error?: string;
  /** Whether the working directory stays. A call that was cut off leaves it or not. */
  readonly directory: boolean | 'either';
}

export function expectedEnd(
  { state, ownError, repeatsCutOff, isSecondary = false }: Target,
  fault: Fault,
): Expected {
  const own: Expected = ownError === undefined ? success(false) : failure(ownError, false);
  if (isRepeated(fault, repeatsCutOff)) return own;
  if (fault.kind === 'is stopped') return afterStop(state, own);
  if (isSecondary) return { ...own, directory: directoryAfter(state, fault, own) };
  const error = NESTED.has(state) ? 'States.TaskFailed' : errorOf(fault);
  return failure(error, directoryAfter(state, fault, own));
}

function isRepeated({ kind, once }: Fault, repeatsCutOff: boolean): boolean {
  if (!once) return false;
  if (kind === 'is killed' || kind === 'times out') return repeatsCutOff;
  return kind === 'is throttled' || kind === 'loses its answer';
}

/** A clean-up goes on after a stop. A stop in another state fails that state. */
function afterStop(state: string, own: Expected): Expected {
  if (state === 'RemoveData' || own.status === 'FAILED') return own;
  if (state === 'BuildContext') return failure('DemandCancelled', 'either');
  return failure(NESTED.has(state) ? 'States.TaskFailed' : 'DemandCancelled', KEEPS.has(state));
}

/** Results that are not stored exist in the directory only, so it stays after these states. */
const KEEPS = new Set(['SyncOutput', 'SyncOutputAtScale']);
/** The states that make the directory, and those that remove it: a call that has an effect may have failed after it. */
const REMOVES = new Set(['RemoveData', 'ReleaseInputs', 'CleanUpAfterFailure']);

function directoryAfter(state: string, { kind }: Fault, own: Expected): boolean | 'either' {
  if (state !== 'BuildContext' && !REMOVES.has(state)) return KEEPS.has(state) || own.directory;
  if (kind === 'is killed' || kind === 'times out') return 'either';
  return (kind === 'loses its answer') === (state === 'BuildContext');
}

function success(directory: boolean): Expected {
  return { status: 'SUCCEEDED', directory };
}

function failure(error: string, directory: boolean | 'either'): Expected {
  return { status: 'FAILED', error, directory };
}
