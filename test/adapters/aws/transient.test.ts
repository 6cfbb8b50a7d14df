import { isTransient } from '../../../src/adapters/aws/transient';

const named = (name: string, more: object = {}) => Object.assign(new Error('x'), { name, ...more });

test.each([
  ['a throttled request', named('ThrottlingException')],
  ['too many open executions', named('ExecutionLimitExceeded')],
  ['a throttled key', named('KmsThrottlingException')],
  ['an error of the server', named('Other', { $metadata: { httpStatusCode: 500 } })],
  ['a lost connection', named('Error', { code: 'ECONNRESET' })],
])('%s is transient', (_, error) => {
  expect(isTransient(error)).toBe(true);
});

test.each([
  ['a missing right', named('AccessDeniedException', { $metadata: { httpStatusCode: 400 } })],
  ['an invalid input', named('InvalidExecutionInput')],
  ['a missing machine', named('StateMachineDoesNotExist')],
  ['a defect', new RangeError('Maximum call stack size exceeded')],
  ['no error', undefined],
])('%s is not transient', (_, error) => {
  expect(isTransient(error)).toBe(false);
});
