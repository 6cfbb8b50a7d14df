import { Refusals } from '../../../src/transfer/copy/refusals';

const errorOf = (name: string, message: string) => Object.assign(new Error(message), { name });
const refuse = (refusals: Refusals, name: string, message: string) =>
  refusals.collect(() => Promise.reject(errorOf(name, message)));

test('tasks without errors leave nothing to throw', async () => {
  const refusals = new Refusals();
  await refusals.collect(async () => undefined);
  expect(() => refusals.throwIfAny()).not.toThrow();
});

test.each(['AccessDenied', 'InvalidObjectState'])(
  '%s of one file is thrown at the end, as it is',
  async (name) => {
    const refusals = new Refusals();
    await refuse(refusals, name, 'a is refused');
    expect(() => refusals.throwIfAny()).toThrow(expect.objectContaining({ name, message: 'a is refused' }));
  },
);

test('refusals of several files are one error with the first name and all messages', async () => {
  const refusals = new Refusals();
  await refuse(refusals, 'InvalidObjectState', 'a is archived');
  await refuse(refusals, 'AccessDenied', 'b is denied');
  const name = 'InvalidObjectState';
  const message = expect.stringMatching(/^2 files were refused: a is archived; b is denied\. /);
  expect(() => refusals.throwIfAny()).toThrow(expect.objectContaining({ name, message }));
});

test('every other error is thrown at once', async () => {
  const refusals = new Refusals();
  await expect(refuse(refusals, 'SlowDown', 'too many requests')).rejects.toThrow('too many requests');
  expect(() => refusals.throwIfAny()).not.toThrow();
});

test('the 20th refusal ends the transfer', async () => {
  const refusals = new Refusals();
  for (let each = 1; each < 20; each++) await refuse(refusals, 'AccessDenied', `file ${each}`);
  await expect(refuse(refusals, 'AccessDenied', 'file 20')).rejects.toThrow(
    /^20 files were refused: .*file 20/,
  );
});
