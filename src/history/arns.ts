/** ARNs of executions and their machines. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */

/** `arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME` */
export function executionArnOf(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** `arn:aws:states:REGION:ACCOUNT:stateMachine:MACHINE` */
export function stateMachineArnOf(executionArn: string): string {
  return executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, '');
}
