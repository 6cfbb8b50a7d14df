/** The rules from which the end of each case follows. */
import { errorOf, type Fault, KINDS, type Kind } from './faults';
import type { Way } from './world';

const COPIES: Way = { command: ['cp', '${DATA}', '${OUT}'], atScale: false };
const COPIES_AT_SCALE: Way = { ...COPIES, atScale: true };
const FAILS: Way = { command: ['exit', '3'], atScale: false };
const WRITES_NOTHING: Way = { command: ['true'], atScale: false };
/** A job that is killed ends itself. A job that is stopped, or that takes too long, would take too long by itself. */
const JOBS: Partial<Record<Kind, Way>> = {
  'is killed': { command: ['kill', '-9', '$$'], atScale: false },
  'times out': { command: ['sleep', '20'], atScale: false },
  'is stopped': { command: ['sleep', '20'], atScale: false },
};

/** A state with a task, and the demand that leads to it. */
export interface Target {
  readonly state: string;
  readonly way: Way;
  /** Ways of some kinds of faults. */
  readonly ways?: Partial<Record<Kind, Way>>;
  /** True: the transfer of the output has the fault. False: the first transfer has the fault, the transfer of the input. */
  readonly ofOutput?: boolean;
  /** The error of the demand without a fault. */
  readonly ownError?: string;
  /** True: a call that is cut off is repeated. Every state repeats a throttled call, and a call whose answer is lost. */
  readonly repeatsCutOff: boolean;
  /** True: the failure of this state is not the failure of the demand. */
  readonly isSecondary?: boolean;
  /** Kinds that the state cannot have, with the reason. */
  readonly without?: Partial<Record<Kind, string>>;
}

const NO_FUNCTION: Partial<Record<Kind, string>> = {
  'is killed': 'the state starts an execution, and calls no function',
  'times out': 'the state has the time of the longest transfer, 14 days',
};

/** The states of the data-sync machine in which functions copy. */
const COPYING: readonly Target[] = [false, true].flatMap((ofOutput) => [
  { state: 'PlanDataSync', way: COPIES_AT_SCALE, repeatsCutOff: true, ofOutput },
  { state: 'SyncBatch', way: COPIES_AT_SCALE, repeatsCutOff: true, ofOutput },
  {
    state: 'AbandonBatches',
    way: { ...COPIES_AT_SCALE, failing: 'SyncBatch' },
    ownError: 'States.TaskFailed',
    repeatsCutOff: true,
    isSecondary: true,
    ofOutput,
  },
  { state: 'Finish', way: COPIES_AT_SCALE, repeatsCutOff: true, ofOutput },
]);

export const TARGETS: readonly Target[] = [
  { state: 'Normalise', way: COPIES, repeatsCutOff: false },
  { state: 'ResolveEfs', way: COPIES, repeatsCutOff: false },
  { state: 'BuildContext', way: COPIES, repeatsCutOff: false },
  { state: 'PrepareBatchArgs', way: COPIES, repeatsCutOff: false },
  { state: 'SyncInput', way: COPIES, repeatsCutOff: true },
  { state: 'SyncInputAtScale', way: COPIES_AT_SCALE, repeatsCutOff: true, without: NO_FUNCTION },
  { state: 'RunJob', way: COPIES, ways: JOBS, repeatsCutOff: false },
  {
    state: 'DecideJobRetry',
    way: FAILS,
    ownError: 'States.TaskFailed',
    repeatsCutOff: false,
    isSecondary: true,
  },
  { state: 'SyncOutput', way: COPIES, repeatsCutOff: true },
  { state: 'SyncOutputAtScale', way: COPIES_AT_SCALE, repeatsCutOff: true, without: NO_FUNCTION },
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
  ...COPYING,
];

/** States whose faults other tests have. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  StartDataSyncTask: 'test/statemachines/data-sync-task-faults.aws.test.ts',
  PollDataSyncTask: 'test/statemachines/data-sync-task-faults.aws.test.ts',
  CleanUpDataSyncTask: 'test/statemachines/data-sync-task-faults.aws.test.ts',
  StopDataSyncTask: 'test/statemachines/data-sync-task-faults.aws.test.ts',
  BeginSweep: 'test/faults/matrix/sweep.test.ts',
  SweepPart: 'test/faults/matrix/sweep.test.ts',
  SweepAccount: 'test/faults/matrix/sweep.test.ts',
  TellSweep: 'test/faults/matrix/sweep.test.ts',
};

/** Returns the kinds of faults of a state. */
export function kindsOf({ without = {} }: Target): readonly Kind[] {
  return KINDS.filter((kind) => without[kind] === undefined);
}

/** Returns the demand that leads to a fault. */
export function wayOf({ way, ways = {}, ofOutput = false }: Target, kind: Kind, isShared: boolean): Way {
  return { ...(ways[kind] ?? way), ofOutput, isShared };
}

export interface Expected {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly error?: string;
  /**
   * Whether the working directory stays. A call that was cut off leaves it or not. The records of the execution as a reader
   * of shared inputs stay with it when the last removal has failed.
   */
  readonly directory: boolean | 'either';
  readonly readers: boolean | 'either';
}

export function expectedEnd(target: Target, fault: Fault): Expected {
  const { state, ownError, repeatsCutOff, isSecondary = false } = target;
  const own = ownError === undefined ? success() : failure(ownError, keepsOwn(target));
  if (isRepeated(fault, repeatsCutOff)) return own;
  if (fault.kind === 'is stopped') return afterStop(target, own);
  if (state === 'RunJob') return afterJob(fault);
  const directory = directoryAfter(target, fault, own);
  const readers = REMOVES.has(state) && directory;
  if (isSecondary) return { ...own, directory, readers };
  return failure(NESTED.has(state) ? 'States.TaskFailed' : errorOf(fault), directory);
}

const NESTED = new Set(['PlanDataSync', 'SyncBatch', 'Finish']);
/** Results that are not stored exist in the directory only, so it stays after these states. */
const KEEPS = new Set(['SyncOutput', 'SyncOutputAtScale']);
/** The states that remove the directory. A call may remove the directory first, and fail then. */
const REMOVES = new Set(['RemoveData', 'ReleaseInputs', 'CleanUpAfterFailure']);

/** A failed copy of an output leaves it in the directory. */
function keepsOwn({ state, ofOutput }: Target): boolean {
  return state === 'AbandonBatches' && ofOutput === true;
}

function isRepeated({ kind, once, state }: Fault, repeatsCutOff: boolean): boolean {
  if (!once) return false;
  if (kind === 'is killed' || kind === 'times out') return repeatsCutOff;
  // A job whose submission has lost its answer is another job for the machine.
  return kind === 'is throttled' || (kind === 'loses its answer' && state !== 'RunJob');
}

/** The failure of a job is that of the demand. All that a job has which the machine does not know stays. */
function afterJob(fault: Fault): Expected {
  const isLost = fault.kind === 'loses its answer';
  const isOwnFailure = isLost || fault.kind === 'is killed' || fault.kind === 'times out';
  return { ...failure(isOwnFailure ? 'States.TaskFailed' : errorOf(fault), isLost), readers: isLost };
}

/** A clean-up goes on after a stop. A stop in another state fails that state. */
function afterStop({ state, ofOutput = false }: Target, own: Expected): Expected {
  if (state === 'RemoveData' || own.status === 'FAILED') return own;
  if (state === 'BuildContext') return failure('DemandCancelled', 'either');
  const keeps = KEEPS.has(state) || (ofOutput && NESTED.has(state));
  const isNested = NESTED.has(state) || state.endsWith('AtScale');
  return failure(isNested ? 'States.TaskFailed' : 'DemandCancelled', keeps);
}

function directoryAfter(target: Target, { kind }: Fault, own: Expected): boolean | 'either' {
  const { state, ofOutput = false } = target;
  const hasEffect = state === 'BuildContext' || REMOVES.has(state);
  const isCutOff = kind === 'is killed' || kind === 'times out';
  if (hasEffect) return isCutOff ? 'either' : (kind === 'loses its answer') === (state === 'BuildContext');
  if (KEEPS.has(state)) return kind === 'throws' || kind === 'is throttled' ? true : 'either';
  if (ofOutput && state === 'Finish') return isCutOff || kind === 'loses its answer' ? 'either' : true;
  return (ofOutput && NESTED.has(state)) || own.directory;
}

function success(): Expected {
  return { status: 'SUCCEEDED', directory: false, readers: false };
}

function failure(error: string, directory: boolean | 'either'): Expected {
  return { status: 'FAILED', error, directory, readers: false };
}
