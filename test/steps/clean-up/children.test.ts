import { cleanUpAfter } from '../../../src/steps/clean-up-after';
import { asked, submitted } from '../../history/events';
import { type CleanUpTestWorld, cleanUpWhile, EVENT, functionCalled, STAGING, worldOf } from './worlds';

const CHILD = 'arn:child';

/** Returns the world of an execution that has asked for a nested execution and has no answer. */
async function withUnansweredStart() {
  const world = await worldOf(STAGING);
  world.executions.events.push(asked(CHILD, world.clock.now()));
  world.executions.histories.set(CHILD, [functionCalled(300)]);
  return world;
}

const begin = async ({ executions }: CleanUpTestWorld) =>
  executions.kept.set(CHILD, { name: 'child', status: 'RUNNING' });

describe('a nested execution without an ARN in the history', () => {
  test.each([
    ['it runs already', 0],
    ['it begins during the clean-up', 3_000],
  ])('is stopped, and the end of its functions is awaited: %s', async (_, afterMs) => {
    const world = await withUnansweredStart();
    if (afterMs === 0) await begin(world);
    const cleaned = await cleanUpWhile(world, afterMs, () => begin(world));
    expect(cleaned).toMatchObject({ status: 'REMOVED' });
    expect(world.executions.stopped).toEqual([CHILD]);
    expect(world.clock.now()).toBe(2_310_000);
  });

  test('is awaited for 10 seconds', async () => {
    const world = await withUnansweredStart();
    expect(await cleanUpAfter(EVENT, world)).toMatchObject({ status: 'REMOVED' });
    expect(world.executions.stopped).toEqual([]);
    expect(world.clock.now()).toBe(2_010_000);
  });
});

test('a nested execution with an ARN in the history is stopped once', async () => {
  const world = await withUnansweredStart();
  await begin(world);
  world.executions.events.push(submitted({ execution: CHILD }));
  await cleanUpAfter(EVENT, world);
  expect(world.executions.stopped).toEqual([CHILD]);
});

test('an error of Step Functions ends the clean-up', async () => {
  const world = await withUnansweredStart();
  const { describe } = world.executions;
  world.executions.describe = async (arn) => {
    if (arn === CHILD) throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    return describe.call(world.executions, arn);
  };
  await expect(cleanUpAfter(EVENT, world)).rejects.toThrow('slow down');
});
