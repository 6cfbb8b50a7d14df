import { findLeftovers } from '../../src/history/leftovers';
import { entered, stream, submitted } from './events';

const JOB = { batch: { args: { job_name: 'job', job_queue_arn: 'arn:queue' } } };
const find = (...events: ReturnType<typeof entered>[]) => findLeftovers(stream(events));

test('an execution that has not come to BuildContext has left nothing', async () => {
  expect(await find(entered('Normalise'), entered('ResolveEfs'))).toEqual({
    callsOverAt: 0,
    wasBuilt: false,
    jobs: [],
    children: [],
    askedChildren: [],
    storing: 'not begun',
  });
});

test('the input of BuildContext says what it has made', async () => {
  expect(await find(entered('BuildContext', { request: 1 }))).toMatchObject({
    contextInput: '{"request":1}',
    wasBuilt: false,
  });
  expect(await find(entered('BuildContext'), entered('PrepareBatchArgs'))).toMatchObject({ wasBuilt: true });
});

test.each([
  ['not begun', ['RunJob']],
  ['begun', ['RunJob', 'StoreOutputs']],
  ['begun', ['RunJob', 'StoreOutputs', 'ReleaseInputs']],
  ['done', ['RunJob', 'StoreOutputs', 'RemoveData']],
  ['given up', ['RunJob', 'CleanUpAfterFailure']],
])('storing is %s after %j', async (storing, states) => {
  expect(await find(...states.map((state) => entered(state, JOB)))).toMatchObject({ storing });
});

describe('a job', () => {
  test('is asked for from the entry of RunJob on', async () => {
    expect((await find(entered('RunJob', JOB, 1_000))).askedJob).toEqual({
      name: 'job',
      queue: 'arn:queue',
      askedAt: 1_000,
    });
  });

  test('is asked for until the next state, where no id has come back', async () => {
    const events = [
      entered('RunJob', JOB, 1_000),
      entered('CleanUpAfterFailure', {}, 2_000),
      entered('DemandFailed', {}, 3_000),
    ];
    expect((await find(...events)).askedJob).toMatchObject({ askedAt: 1_000, leftAt: 2_000 });
  });

  test('is known by its id once that has come back', async () => {
    const found = await find(
      entered('RunJob', JOB, 1_000),
      submitted({ jobId: 'j' }),
      entered('StoreOutputs'),
    );
    expect(found.jobs).toEqual(['j']);
    expect(found).not.toHaveProperty('askedJob');
  });
});
