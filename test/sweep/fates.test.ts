import { fatesOf, rememberedFates } from '../../src/sweep/fates';

const describing = (description: object) =>
  fatesOf({ describe: async () => ({ status: '', ...description }) });
const failing = (name: string) =>
  fatesOf({
    describe: async () => {
      throw Object.assign(new Error('no answer'), { name });
    },
  });

test.each(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'])(
  'an execution that is %s has ended',
  async (status) => {
    expect(await describing({ status, endedAt: 7 }).of('arn')).toEqual({
      kind: 'ended',
      endedAt: 7,
      hasSucceeded: status === 'SUCCEEDED',
    });
  },
);

test.each(['RUNNING', 'PENDING_REDRIVE', 'SOMETHING_NEW'])(
  'an execution that is %s has not ended',
  async (status) => {
    expect(await describing({ status }).of('arn')).toEqual({ kind: 'running' });
  },
);

test('an end without a time, and an answer without a status, are unknown', async () => {
  expect(await describing({ status: 'FAILED' }).of('arn')).toEqual({ kind: 'unknown' });
  expect(await describing({ status: 'UNKNOWN' }).of('arn')).toEqual({ kind: 'unknown' });
});

test('an execution that does not exist is gone, and any other failure is unknown', async () => {
  expect(await failing('ExecutionDoesNotExist').of('arn')).toEqual({ kind: 'gone' });
  for (const name of ['InvalidArn', 'AccessDeniedException', 'ThrottlingException', 'TypeError'])
    expect(await failing(name).of('arn')).toEqual({ kind: 'unknown' });
});

test('a survey asks for each execution once', async () => {
  const asked: string[] = [];
  const fates = rememberedFates({
    of: async (arn) => {
      asked.push(arn);
      return { kind: 'gone' };
    },
  });
  await Promise.all([fates.of('a'), fates.of('a'), fates.of('b')]);
  expect(asked).toEqual(['a', 'b']);
});
