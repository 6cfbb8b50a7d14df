/** The states that each path of the mock file enters, on any engine. */

const BEGIN = ['Normalise', 'ResolveEfs', 'BuildContext', 'ContextBuilt', 'PrepareBatchArgs', 'StageInputs'];
const STAGED = ['SyncInput', 'InputSynced', 'InputStaged'];
const STORED = [
  'RunJob',
  'StoreOutputs',
  'SyncOutput',
  'OutputSynced',
  'OutputStored',
  'RemoveData',
  'DataRemoved',
];
const JOB_FAILED = ['RunJob', 'DecideJobRetry', 'JobRetryDecided', 'JobNotRetried', 'JobFailed'];
const RETRIED = ['RunJob', 'DecideJobRetry', 'JobRetryDecided', 'WaitToRetryJob'];
const FAILED = ['CleanUpAfterFailure', 'CleanedUpAfterFailure', 'DemandFailed'];

export interface ExpectedPath {
  readonly name: string;
  /** In the order of their entry, except for states of parallel items. */
  readonly states: readonly string[];
  readonly transitions: number;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly retried: readonly string[];
}

const SUCCEEDED = ['DemandSucceeded'];

export const EXPECTED_PATHS: readonly ExpectedPath[] = [
  path('happy', [...STAGED, ...STORED, ...SUCCEEDED], 26),
  path('throttled_then_succeeds', [...STAGED, ...STORED, ...SUCCEEDED], 26, [
    'Normalise',
    'Normalise',
    'RunJob',
  ]),
  path('large_input', [...STAGED, 'SyncInputAtScale', ...STORED, ...SUCCEEDED], 27),
  path('job_fails', [...STAGED, ...JOB_FAILED, ...FAILED], 23),
  path('job_lacks_memory', [...STAGED, ...RETRIED, ...STORED, ...SUCCEEDED], 30),
  path('abort', [...STAGED, ...JOB_FAILED, ...FAILED], 23),
];

function path(
  name: string,
  rest: readonly string[],
  transitions: number,
  retried: readonly string[] = [],
): ExpectedPath {
  const status = rest.at(-1) === 'DemandSucceeded' ? 'SUCCEEDED' : 'FAILED';
  return { name, states: [...new Set([...BEGIN, ...rest])], transitions, status, retried };
}

/** param entered the entered states, with repetitions */
export function expectPath(entered: readonly string[], { states, transitions }: ExpectedPath): void {
  const once = [...new Set(entered)];
  expect([...once].sort()).toEqual([...states].sort());
  expect(once.filter(isInOrder)).toEqual(states.filter(isInOrder));
  expect(entered).toHaveLength(transitions);
}

/** A missing input ends the other items at any state. */
export function expectInputMissing(entered: readonly string[]): void {
  const once = [...new Set(entered)];
  expect(once.slice(0, 7)).toEqual([...BEGIN, 'SyncInput']);
  expect(once.slice(-3)).toEqual(FAILED);
  expect(once).not.toContain('RunJob');
}

function isInOrder(state: string): boolean {
  return !STAGED.includes(state) && !state.includes('Output');
}
