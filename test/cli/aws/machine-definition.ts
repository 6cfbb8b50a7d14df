/** A state machine with the names and the shape of the deployed one. The type of the demand chooses its path. */

export function machineDefinition(jobDefinition: string) {
  return {
    StartAt: 'Normalise',
    States: {
      Normalise: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.execution_type', StringEquals: 'refused', Next: 'Refused' },
          { Variable: '$.execution_type', StringEquals: 'slow', Next: 'WaitForIt' },
        ],
        Default: 'StageInputs',
      },
      WaitForIt: { Type: 'Wait', Seconds: 60, Next: 'DemandSucceeded' },
      Refused: {
        Type: 'Fail',
        Error: 'DemandValidationError',
        Cause: JSON.stringify({
          errorType: 'DemandValidationError',
          errorMessage: '/execution_image: no such',
        }),
      },
      StageInputs: mapOf('InputStaged', '$.execution_parameters.inputs', '$.staged', 'RunJob'),
      RunJob: {
        Type: 'Task',
        Resource: 'arn:aws:states:::batch:submitJob.sync',
        Parameters: {
          'JobName.$': '$.execution_id',
          JobDefinition: jobDefinition,
          JobQueue: 'arn:aws:batch:us-east-1:123456789012:job-queue/any',
          ContainerOverrides: { 'Command.$': '$.execution_parameters.command' },
        },
        ResultPath: null,
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'CleanUpAfterFailure' }],
        Next: 'StoreOutputs',
      },
      StoreOutputs: mapOf('OutputStored', '$.execution_parameters.outputs', '$.stored', 'DemandSucceeded'),
      CleanUpAfterFailure: { Type: 'Pass', Next: 'DemandFailed' },
      DemandFailed: { Type: 'Fail', ErrorPath: '$.failure.Error', CausePath: '$.failure.Cause' },
      DemandSucceeded: { Type: 'Succeed' },
    },
  };
}

function mapOf(state: string, itemsPath: string, resultPath: string, next: string) {
  return {
    Type: 'Map',
    ItemsPath: itemsPath,
    ResultPath: resultPath,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: state,
      States: {
        [state]: {
          Type: 'Pass',
          Result: { result: { files_transferred: 2, bytes_transferred: 2048 } },
          End: true,
        },
      },
    },
    Next: next,
  };
}
