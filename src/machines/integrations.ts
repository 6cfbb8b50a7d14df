/** The service integrations that tasks of the machines use. A test compares them with the YAML. */
export const INTEGRATIONS = {
  lambda: 'arn:aws:states:::lambda:invoke',
  batch: 'arn:aws:states:::batch:submitJob.sync',
  execution: 'arn:aws:states:::states:startExecution.sync:2',
} as const;
