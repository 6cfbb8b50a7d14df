/** The names of all states in `statemachines/*.asl.yml`. A test compares both, in either direction. */

/** The states of `demand-execution.asl.yml`, those inside its Maps too, in the order of the file. */
const DEMAND_EXECUTION_STATES = [
  'Normalise',
  'ResolveEfs',
  'BuildContext',
  'ContextBuilt',
  'PrepareBatchArgs',
  'StageInputs',
  'SyncInput',
  'InputSynced',
  'SyncInputAtScale',
  'InputStaged',
  'RunJob',
  'DecideJobRetry',
  'JobRetryDecided',
  'WaitToRetryJob',
  'JobNotRetried',
  'JobFailed',
  'StoreOutputs',
  'SyncOutput',
  'OutputSynced',
  'SyncOutputAtScale',
  'OutputStored',
  'RemoveData',
  'DataRemoved',
  'DemandSucceeded',
  'ReleaseInputs',
  'InputsReleased',
  'CleanUpAfterFailure',
  'CleanedUpAfterFailure',
  'DemandFailed',
] as const;

/** The states of `data-sync.asl.yml`, those inside its Map too, in the order of the file. */
const DATA_SYNC_STATES = [
  'BeginPlan',
  'PlanDataSync',
  'ChooseEngine',
  'SyncBatches',
  'SyncBatch',
  'BatchSynced',
  'BatchDone',
  'AbandonBatches',
  'BeginDataSyncTask',
  'StartDataSyncTask',
  'DataSyncTaskAnswered',
  'LeaveToLambda',
  'WaitUntilDataSyncTaskIsReady',
  'WaitForDataSyncTask',
  'PollDataSyncTask',
  'CleanUpDataSyncTask',
  'DataSyncTaskCleanedUp',
  'WaitToCleanUpDataSyncTask',
  'CountDataSyncTask',
  'StopDataSyncTask',
  'DataSyncTaskStopped',
  'WaitToStopDataSyncTask',
  'DataSyncFailed',
  'Finish',
  'Finished',
  'DataSynced',
] as const;

/** The states of `sweep.asl.yml`, those inside its Map too, in the order of the file. */
const SWEEP_STATES = [
  'BeginSweep',
  'SweepParts',
  'SweepPart',
  'PartSwept',
  'PartDone',
  'PartFailed',
  'BeginAccount',
  'SweepAccount',
  'AccountSwept',
  'TellSweep',
  'SweepTold',
  'SweepDone',
  'SweepFailed',
] as const;

/** The states of each machine, by the name of its file. */
export const STATES = {
  'demand-execution': DEMAND_EXECUTION_STATES,
  'data-sync': DATA_SYNC_STATES,
  sweep: SWEEP_STATES,
} as const;

/** The name of a machine's file, without `.asl.yml`. */
export type MachineName = keyof typeof STATES;
export type DemandState = (typeof DEMAND_EXECUTION_STATES)[number];
export type DataSyncState = (typeof DATA_SYNC_STATES)[number];
