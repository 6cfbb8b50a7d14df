import { executionArnOf, stateMachineArnOf } from '../../src/history/arns';

const MACHINE = 'arn:aws:states:us-west-2:111122223333:stateMachine:dev-demand-execution';
const EXECUTION = 'arn:aws:states:us-west-2:111122223333:execution:dev-demand-execution:run-1';

test('a machine and a name make the ARN of an execution', () => {
  expect(executionArnOf(MACHINE, 'run-1')).toBe(EXECUTION);
});

test('the ARN of an execution names its machine', () => {
  expect(stateMachineArnOf(EXECUTION)).toBe(MACHINE);
});
