import { findLeftovers } from '../../src/history/leftovers';
import { entered, stream, submitted } from './events';

const JOB = { batch: { args: { job_name: 'job', job_queue_arn: 'arn:queue' } } };
const find = (...events: ReturnType<typeof entered>[]) => findLeftovers(stream(events));

test('an execution that ended before BuildContext has no leftovers', async () => {
  expect(await find(entered('Normalise'), entered('ResolveEfs'))).toEqual({
    callsOverAt: 0,
    wasBuilt: false,
    jobs: [],
    acceptedJobs: [],
    children: [],
    askedChildren: [],
    storing: 'not begun',
  });
});

test('the input of BuildContext is kept; the entry of the next state shows that the directories exist', async () => {
  expect(await find(entered('BuildContext', { request: 1 }))).toMatchObject({
    contextInput: '{"request":1}',
    wasBuilt: false,
  });
  expect(await find(entered('BuildContext'), entered('PrepareBatchArgs'))).toMatchObject({ wasBuilt: true });
});

test.each([
  ['not begun', 'the job', ['RunJob']],
  ['begun', 'the entry of StoreOutputs', ['RunJob', 'StoreOutputs']],
  ['begun', 'the release of the inputs', ['RunJob', 'StoreOutputs', 'ReleaseInputs']],
  ['done', 'the removal', ['RunJob', 'StoreOutputs', 'RemoveData']],
  ['given up', 'the clean-up of a failure', ['RunJob', 'CleanUpAfterFailure']],
])('storing is %s after %s', async (storing, _, states) => {
  expect(await find(...states.map((state) => entered(state, JOB)))).toMatchObject({ storing });
});

describe('a job', () => {
  test('is requested at the entry of RunJob', async () => {
    expect((await find(entered('RunJob', JOB, 1_000))).askedJob).toEqual({
      name: 'job',
      queue: 'arn:queue',
      askedAt: 1_000,
    });
  });

  test('is requested until the entry of the next state, when its id has not arrived', async () => {
    const events = [
      entered('RunJob', JOB, 1_000),
      entered('CleanUpAfterFailure', {}, 2_000),
      entered('DemandFailed', {}, 3_000),
    ];
    expect((await find(...events)).askedJob).toMatchObject({ askedAt: 1_000, leftAt: 2_000 });
  });

  test('has an id, and is not requested any more, after its submission', async () => {
    const found = await find(
      entered('RunJob', JOB, 1_000),
      { ...submitted({ jobId: 'j' }), timestamp: 1_500 },
      entered('StoreOutputs'),
    );
    expect(found.jobs).toEqual(['j']);
    expect(found.acceptedJobs).toEqual([{ name: 'job', queue: 'arn:queue', askedAt: 1_000, leftAt: 1_500 }]);
    expect(found).not.toHaveProperty('askedJob');
  });
});
