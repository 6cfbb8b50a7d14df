import { existsSync } from 'node:fs';
import { stopReason } from '../../../src/steps/clean-up/end-state';
import { cleanUpAfter } from '../../../src/steps/clean-up-after';
import { entered, submitted } from '../../history/events';
import { ARN, EVENT, functionCalled, STAGING, scratch, worldOf } from './worlds';

describe('a redriven execution', () => {
  test.each(['RUNNING', 'SUCCEEDED', 'FAILED'])('with the status %s keeps its files', async (status) => {
    const world = await worldOf(STAGING);
    Object.assign(world.executions.kept.get(ARN)!, { status, redriveCount: 2 });
    const event = { detail: { ...EVENT.detail, redriveCount: 1 } };
    expect(await cleanUpAfter(event, world)).toEqual({ status: 'GOES_ON' });
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
  });

  test.each([
    ['runs', { status: 'RUNNING', redriveCount: 1 }],
    ['has ended again, with another event', { status: 'FAILED', redriveCount: 1 }],
  ])('keeps all files when the redrive comes during the clean-up: it %s', async (_, redriven) => {
    const world = await worldOf(STAGING);
    world.executions.events.push(functionCalled(700));
    const { wait } = world.clock;
    world.clock.wait = async (ms) => {
      await wait(ms);
      if (world.clock.now() > 2_600_000) Object.assign(world.executions.kept.get(ARN) ?? {}, redriven);
    };
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'GOES_ON' });
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
    expect(existsSync(scratch('far/b'))).toBe(true);
  });
});

describe('a description that is older than the end', () => {
  const late = async (ms: number) => {
    const world = await worldOf(STAGING);
    const kept = world.executions.kept.get(ARN)!;
    Object.assign(kept, { status: 'RUNNING', redriveCount: 0 });
    const begun = world.clock.now();
    const { wait } = world.clock;
    world.clock.wait = async (each) => {
      await wait(each);
      if (world.clock.now() - begun >= ms) kept.status = 'ABORTED';
    };
    return world;
  };

  test('is read again', async () => {
    expect(await cleanUpAfter(EVENT, await late(3_000))).toMatchObject({ status: 'REMOVED' });
  });

  test('is left to the next call after 30 seconds', async () => {
    const world = await late(600_000);
    const begun = world.clock.now();
    await expect(cleanUpAfter(EVENT, world)).rejects.toMatchObject({ name: 'JobStillRunning' });
    expect(world.clock.now() - begun).toBe(30_000);
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
  });
});

describe('a history without the end', () => {
  test('is read again: results stay when it then shows StoreOutputs', async () => {
    const world = await worldOf([...STAGING, 'RunJob'], { hasOutput: true });
    const { executions } = world;
    const { wait } = world.clock;
    executions.isTold = () =>
      executions.events.some((each) => 'state' in each && each.state === 'StoreOutputs');
    world.clock.wait = async (ms) => {
      await wait(ms);
      executions.events.push(entered('StoreOutputs'));
    };
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'KEPT' });
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
  });

  test.each([
    ['the execution', ARN],
    ['a nested execution', 'arn:child'],
  ])('is left to the next call after 30 seconds: %s', async (_, arn) => {
    const world = await worldOf(STAGING);
    world.executions.events.push(submitted({ execution: 'arn:child' }));
    world.executions.kept.set('arn:child', { name: 'child', status: 'ABORTED' });
    world.executions.histories.set('arn:child', []);
    world.executions.isTold = (each) => each !== arn;
    const begun = world.clock.now();
    await expect(cleanUpAfter(EVENT, world)).rejects.toMatchObject({ name: 'JobStillRunning' });
    expect(world.clock.now() - begun).toBe(30_000);
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
  });
});

test('a stopped job or nested execution shows the execution that has ended', () => {
  expect(stopReason({ executionArn: ARN })).toBe(`${ARN} has ended`);
});
